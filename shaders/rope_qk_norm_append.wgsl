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

fn temperature(position: u32) -> f32 {
    if params.floor_scale == 0u {
        return 1.0;
    }
    return log(1.0 + f32((position + 1u) / params.floor_scale)) * params.attn_scale + 1.0;
}

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
    var scale = 1.0;
    if params.use_qk_norm != 0u {
        scale = inverseSqrt(sum / f32(8u * params.quads) + params.eps);
    }
    if is_query {
        scale *= temperature(position);
    }
    if !is_live {
        return;
    }
    let kv_head = (head - params.heads) % params.kv_heads;
    let to = (position * params.kv_heads + kv_head) * 2u * params.quads;
    for (var c = lane; c < params.quads; c += LANES) {
        var a = qkv[base + c];
        var b = qkv[base + params.quads + c];
        if is_value {
            values[to + c] = kv_pack(a);
            values[to + params.quads + c] = kv_pack(b);
            continue;
        }
        if params.use_rope != 0u {
            let low = angles[(position * params.quads + c) * 2u];
            let high = angles[(position * params.quads + c) * 2u + 1u];
            let cosine = vec4(low.xz, high.xz);
            let sine = vec4(low.yw, high.yw);
            let turned = a * cosine - b * sine;
            b = b * cosine + a * sine;
            a = turned;
        }
        if is_query {
            qkv[base + c] = a * scale;
            qkv[base + params.quads + c] = b * scale;
        } else {
            keys[to + c] = kv_pack(a * scale);
            keys[to + params.quads + c] = kv_pack(b * scale);
        }
    }
}
