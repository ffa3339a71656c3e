// rope_qk_norm_append: turns queries and keys by their position, norms them, and appends keys and values to the cache.
//
//   rope        (a, b)[i] = (a cos - b sin, b cos + a sin)   of halves a, b of a head, angle = position * inv_freq[i]
//   qk norm     u / sqrt(mean(u^2) + eps)   per head, no weight; turning keeps the mean, so it is taken before
//   temperature q * (log(1 + floor((position + 1) / floor_scale)) * attn_scale + 1)   where there is no rope
//
// Shapes    qkv: (T, (H + 2K) * D) f32: all queries, all keys, all values    angles: (S, D/2) cos, sin
//           keys, values: (S, K, D)
// Bindings  0 params   1 step   2 angles read   3 qkv read_write   4 keys read_write   5 values read_write
// Dispatch  ceil(T * (H + 2K) * LANES / WORKGROUP_SIZE) workgroups in x and y: LANES invocations a head
// Source    Llama4TextAttention of transformers, its interleaved pairs sorted into halves by the rows of q_proj and k_proj

override WORKGROUP_SIZE: u32 = 64u;
override LANES: u32 = 8u; // invocations that share a head

struct Params {
    heads: u32, // H
    kv_heads: u32, // K
    quads: u32, // D / 8: vec4 in half a head
    use_rope: u32,
    use_qk_norm: u32,
    eps: f32,
    floor_scale: u32, // 0: no temperature
    attn_scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> angles: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> qkv: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> keys: array<Kv>;
@group(0) @binding(5) var<storage, read_write> values: array<Kv>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn rope_qk_norm_append(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let heads = params.heads + 2u * params.kv_heads;
    let i = (workgroup.y * workgroups.x + workgroup.x) * (WORKGROUP_SIZE / LANES) + invocation / LANES;
    let lane = invocation % LANES;
    let is_live = i < step.tokens * heads;
    let index = min(i, step.tokens * heads - 1u);
    let token = index / heads;
    let head = index % heads;
    let position = step.position + token;
    let is_query = head < params.heads;
    let is_value = head >= params.heads + params.kv_heads;
    let base = index * 2u * params.quads;

    var squares = 0.0;
    for (var c = lane; c < params.quads; c += LANES) {
        let a = qkv[base + c];
        let b = qkv[base + params.quads + c];
        squares += dot(a, a) + dot(b, b);
    }
    let sum = lane_sum(vec4(squares, 0.0, 0.0, 0.0), invocation).x;
    var scale = norm_scale(sum, 8u * params.quads);
    if is_query {
        scale *= temperature(position);
    }
    if !is_live {
        return;
    }
    let kv_head = (head - params.heads) % params.kv_heads;
    let to = (position * params.kv_heads + kv_head) * 2u * params.quads;
    for (var c = lane; c < params.quads; c += LANES) {
        let raw = Halves(qkv[base + c], qkv[base + params.quads + c]);
        if is_value {
            values[to + c] = kv_pack(raw.a);
            values[to + params.quads + c] = kv_pack(raw.b);
            continue;
        }
        let turned = turn(raw, position, params.quads, c);
        if is_query {
            qkv[base + c] = turned.a * scale;
            qkv[base + params.quads + c] = turned.b * scale;
        } else {
            keys[to + c] = kv_pack(turned.a * scale);
            keys[to + params.quads + c] = kv_pack(turned.b * scale);
        }
    }
}
