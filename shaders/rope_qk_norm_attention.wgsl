// rope_qk_norm_attention: one token's attention from raw queries, key and value; key and value take their place in the
// cache on the way.
//
//   q[h], k[g] turned, normed and warmed as shared/rope.wgsl says
//   o[h,:] = sum_j softmax_j(q[h] . k[j,g] / sqrt(D)) v[j,g,:]   j from start to position, g = h / (H/K)
//
// start is 0, or the first position of the token's chunk. Splits share out the keys before this one evenly; the token's
// own key and value are the last split's, who has them in its own memory, rounded as the cache rounds them, so that none
// waits for another. A single split writes o. Of several each leaves its sums, its totals and its largest scores.
//
// Shapes    angles: (S, D/2) cos, sin    qkv: ((H + 2K) * D) f32    keys, values: (S, K, D)    o: (H, D) f32
//           partials: (splits, H, D + 4) f32: sums, then total, largest score, number of splits, 0
// Bindings  0 params   1 step   2 angles read   3 qkv read   4 keys read_write   5 values read_write   6 partials read_write   7 o read_write
// Dispatch  (K, splits, ceil(H / K / 4)) workgroups: four query heads of a group share each key and value
// Source    Dao et al. 2023, Flash-Decoding; Llama4TextAttention of transformers

override WORKGROUP_SIZE: u32 = 64u; // at least D / 4
override TILE: u32 = 64u; // keys that it looks over at once
override MOST_QUADS: u32 = 64u; // room for D / 4
override LANES: u32 = 8u; // invocations that share a head while it is turned: at most an eighth of them

struct Params {
    heads: u32, // H
    kv_heads: u32, // K
    quads: u32, // D / 4
    chunk: u32, // 0: look back to the first position
    scale: f32, // 1 / sqrt(D)
    is_bounded: u32,
    use_rope: u32,
    use_qk_norm: u32,
    eps: f32,
    floor_scale: u32, // 0: no temperature
    attn_scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> angles: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> qkv: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> keys: array<Kv>;
@group(0) @binding(5) var<storage, read_write> values: array<Kv>;
@group(0) @binding(6) var<storage, read_write> partials: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> o: array<vec4<f32>>;

const KEY = 4u; // after four queries
const VALUE = 5u;

var<workgroup> new_key: array<vec4<f32>, MOST_QUADS>;
var<workgroup> new_value: array<vec4<f32>, MOST_QUADS>;

// Queries, key and value into workgroup memory, each by LANES invocations; where the group has fewer than four queries,
// its last one again. Key and value into the cache as well, where they are to be kept.
fn gather(first_head: u32, live_heads: u32, kv_head: u32, keeps: bool, lane: u32) {
    let slot = lane / LANES;
    var head = first_head + min(slot, live_heads - 1u);
    if slot >= KEY {
        head = params.heads + kv_head + select(0u, params.kv_heads, slot >= VALUE);
    }
    let half = params.quads / 2u;
    let base = head * params.quads;
    var squares = 0.0;
    for (var c = lane % LANES; c < half; c += LANES) {
        let a = qkv[base + c];
        let b = qkv[base + half + c];
        squares += dot(a, a) + dot(b, b);
    }
    partial[lane] = vec4(squares, 0.0, 0.0, 0.0);
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i < LANES; i += 1u) {
        sum += partial[slot * LANES + i].x;
    }
    var scale = norm_scale(sum, 4u * params.quads);
    if slot < KEY {
        scale *= temperature(step.position);
    }
    for (var c = lane % LANES; c < half; c += LANES) {
        let raw = Halves(qkv[base + c], qkv[base + half + c]);
        if slot < VALUE {
            let turned = turn(raw, step.position, half, c);
            put(slot, c, turned.a * scale, kv_head, keeps);
            put(slot, half + c, turned.b * scale, kv_head, keeps);
        } else if slot == VALUE {
            put(slot, c, raw.a, kv_head, keeps);
            put(slot, half + c, raw.b, kv_head, keeps);
        }
    }
    workgroupBarrier();
}

fn put(slot: u32, c: u32, value: vec4<f32>, kv_head: u32, keeps: bool) {
    if slot < KEY {
        queries[slot * params.quads + c] = value;
        return;
    }
    let kv = kv_pack(value);
    let to = (step.position * params.kv_heads + kv_head) * params.quads + c;
    if slot == KEY {
        new_key[c] = kv_unpack(kv);
        if keeps {
            keys[to] = kv;
        }
    } else {
        new_value[c] = kv_unpack(kv);
        if keeps {
            values[to] = kv;
        }
    }
}

// And the token's own key and value.
fn with_own(mix: Mix, lane: u32) -> Mix {
    if lane < params.quads {
        partial[lane] = products(lane, new_key[lane]);
    }
    workgroupBarrier();
    var s = vec4<f32>();
    for (var c = 0u; c < params.quads; c += 1u) {
        s += partial[c];
    }
    s *= params.scale;
    workgroupBarrier();
    var all = mix;
    if params.is_bounded == 0u {
        all = rescaled(all, s);
    }
    if lane < params.quads {
        all = mixed(all, exp(s - all.largest), new_value[lane]);
    }
    return all;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn rope_qk_norm_attention(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let kv_head = workgroup.x;
    let split = workgroup.y;
    let splits = workgroups.y;
    let group = params.heads / params.kv_heads;
    let first_head = kv_head * group + workgroup.z * 4u;
    let live_heads = min(group - workgroup.z * 4u, 4u);
    let is_last = split == splits - 1u;
    var start = 0u;
    if params.chunk != 0u {
        start = step.position / params.chunk * params.chunk;
    }
    let span = (step.position - start + splits - 1u) / splits;
    let first = min(start + split * span, step.position);
    let end = min(first + span, step.position);
    gather(first_head, live_heads, kv_head, is_last && workgroup.z == 0u, lane);
    var mix = attend(first, end, kv_head, lane);
    if is_last {
        mix = with_own(mix, lane);
    }
    mix = whole(mix, lane);
    if lane >= params.quads {
        return;
    }
    if splits == 1u {
        write(mix, first_head * params.quads + lane, live_heads);
    } else {
        leave(mix, (split * params.heads + first_head) * (params.quads + 1u) + lane, live_heads);
        if lane == 0u {
            let to = (split * params.heads + first_head) * (params.quads + 1u) + params.quads;
            leave(beside(mix, f32(splits)), to, live_heads);
        }
    }
}

// One split's part of up to four heads.
fn leave(mix: Mix, to: u32, live_heads: u32) {
    let stride = params.quads + 1u;
    partials[to] = mix.o0;
    if live_heads > 1u {
        partials[to + stride] = mix.o1;
    }
    if live_heads > 2u {
        partials[to + 2u * stride] = mix.o2;
    }
    if live_heads > 3u {
        partials[to + 3u * stride] = mix.o3;
    }
}

// What stands beside the sums: a row of its own for each head.
fn beside(mix: Mix, splits: f32) -> Mix {
    return Mix(
        vec4(mix.total.x, mix.largest.x, splits, 0.0),
        vec4(mix.total.y, mix.largest.y, splits, 0.0),
        vec4(mix.total.z, mix.largest.z, splits, 0.0),
        vec4(mix.total.w, mix.largest.w, splits, 0.0),
        mix.total,
        mix.largest,
    );
}
