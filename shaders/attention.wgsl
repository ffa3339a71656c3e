// attention: every query looks back over the keys up to its own position and mixes their values.
//
//   o[t,h,:] = sum_j softmax_j(q[t,h] . k[j,g] / sqrt(D)) v[j,g,:]   j from start to position + t, g = h / (H/K)
//
// start is 0, or the first position of the query's chunk. Keys come in tiles of one an invocation; the largest score so
// far rescales what earlier tiles found. Where queries and keys are normed no score exceeds sqrt(D), and exp needs no
// such care: is_bounded then leaves it out.
//
// Shapes    qkv: (T, (H + 2K) * D) f32, queries turned and normed    keys, values: (S, K, D)    o: (T, H, D) f32
// Bindings  0 params   1 step   2 qkv read   3 keys read   4 values read   5 o read_write
// Dispatch  (K, T, ceil(H / K / 4)) workgroups: four query heads of a group share each key and value
// Source    Dao et al. 2022; Milakov & Gimelshein 2018

override WORKGROUP_SIZE: u32 = 64u; // at least D / 4

struct Params {
    heads: u32, // H
    kv_heads: u32, // K
    quads: u32, // D / 4
    chunk: u32, // 0: look back to the first position
    scale: f32, // 1 / sqrt(D)
    is_bounded: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> qkv: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> keys: array<Kv>;
@group(0) @binding(4) var<storage, read> values: array<Kv>;
@group(0) @binding(5) var<storage, read_write> o: array<vec4<f32>>;

var<workgroup> queries: array<vec4<f32>, 256>; // four heads of at most 256
var<workgroup> weights: array<vec4<f32>, WORKGROUP_SIZE>;
var<workgroup> shared_max: array<vec4<f32>, WORKGROUP_SIZE>;

fn workgroup_max(value: vec4<f32>, lane: u32) -> vec4<f32> {
    shared_max[lane] = value;
    workgroupBarrier();
    for (var stride = WORKGROUP_SIZE / 2u; stride > 0u; stride /= 2u) {
        if lane < stride {
            shared_max[lane] = max(shared_max[lane], shared_max[lane + stride]);
        }
        workgroupBarrier();
    }
    let largest = shared_max[0];
    workgroupBarrier();
    return largest;
}

// The four queries; where the group has fewer, its last one again.
fn gather_queries(token: u32, first_head: u32, live_heads: u32, lane: u32) {
    let stride = (params.heads + 2u * params.kv_heads) * params.quads;
    for (var i = lane; i < 4u * params.quads; i += WORKGROUP_SIZE) {
        let head = first_head + min(i / params.quads, live_heads - 1u);
        queries[i] = qkv[token * stride + head * params.quads + i % params.quads];
    }
    workgroupBarrier();
}

// Scores of the key at `position` for the four heads.
fn scores(position: u32, kv_head: u32) -> vec4<f32> {
    var s = vec4<f32>();
    let base = (position * params.kv_heads + kv_head) * params.quads;
    for (var c = 0u; c < params.quads; c += 1u) {
        let k = kv_unpack(keys[base + c]);
        s += vec4(
            dot(queries[c], k),
            dot(queries[params.quads + c], k),
            dot(queries[2u * params.quads + c], k),
            dot(queries[3u * params.quads + c], k),
        );
    }
    return s * params.scale;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn attention(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let kv_head = workgroup.x;
    let token = workgroup.y;
    let group = params.heads / params.kv_heads;
    let first_head = kv_head * group + workgroup.z * 4u;
    let live_heads = min(group - workgroup.z * 4u, 4u);
    let position = step.position + token;
    var start = 0u;
    if params.chunk != 0u {
        start = position / params.chunk * params.chunk;
    }

    gather_queries(token, first_head, live_heads, lane);

    // For the values an invocation owns four neighbouring dimensions and every parts-th key of a tile.
    let parts = WORKGROUP_SIZE / params.quads;
    let c = lane % params.quads;
    let part = lane / params.quads;
    var o0 = vec4<f32>();
    var o1 = vec4<f32>();
    var o2 = vec4<f32>();
    var o3 = vec4<f32>();
    var total = vec4<f32>();
    var largest = vec4(-3.0e38);
    for (var tile = start; tile <= position; tile += WORKGROUP_SIZE) {
        let key = tile + lane;
        var s = scores(min(key, position), kv_head);
        s = select(vec4(-3.0e38), s, key <= position);
        var shift = vec4<f32>();
        if params.is_bounded == 0u {
            let higher = max(largest, workgroup_max(s, lane));
            let keep = exp(largest - higher);
            largest = higher;
            shift = higher;
            total *= keep;
            o0 *= keep.x;
            o1 *= keep.y;
            o2 *= keep.z;
            o3 *= keep.w;
        }
        let weight = select(vec4<f32>(), exp(s - shift), key <= position);
        total += weight;
        weights[lane] = weight;
        workgroupBarrier();
        let count = min(position - tile + 1u, WORKGROUP_SIZE);
        if part < parts {
            for (var j = part; j < count; j += parts) {
                let v = kv_unpack(values[((tile + j) * params.kv_heads + kv_head) * params.quads + c]);
                let w = weights[j];
                o0 += w.x * v;
                o1 += w.y * v;
                o2 += w.z * v;
                o3 += w.w * v;
            }
        }
        workgroupBarrier();
    }

    total = workgroup_total(total, lane);
    o0 = parts_total(o0, lane, part, parts);
    o1 = parts_total(o1, lane, part, parts);
    o2 = parts_total(o2, lane, part, parts);
    o3 = parts_total(o3, lane, part, parts);
    if part == 0u {
        let to = (token * params.heads + first_head) * params.quads + c;
        write(to, live_heads, o0 / total.x, o1 / total.y, o2 / total.z, o3 / total.w);
    }
}

fn write(to: u32, live_heads: u32, o0: vec4<f32>, o1: vec4<f32>, o2: vec4<f32>, o3: vec4<f32>) {
    o[to] = o0;
    if live_heads > 1u {
        o[to + params.quads] = o1;
    }
    if live_heads > 2u {
        o[to + 2u * params.quads] = o2;
    }
    if live_heads > 3u {
        o[to + 3u * params.quads] = o3;
    }
}

fn workgroup_total(value: vec4<f32>, lane: u32) -> vec4<f32> {
    weights[lane] = value;
    workgroupBarrier();
    for (var stride = WORKGROUP_SIZE / 2u; stride > 0u; stride /= 2u) {
        if lane < stride {
            weights[lane] += weights[lane + stride];
        }
        workgroupBarrier();
    }
    let sum = weights[0];
    workgroupBarrier();
    return sum;
}

// Sum over the invocations that own the same dimensions; only part 0 gets it.
fn parts_total(value: vec4<f32>, lane: u32, part: u32, parts: u32) -> vec4<f32> {
    weights[lane] = value;
    workgroupBarrier();
    var sum = value;
    if part == 0u {
        for (var p = 1u; p < parts; p += 1u) {
            sum += weights[lane + p * params.quads];
        }
    }
    workgroupBarrier();
    return sum;
}
