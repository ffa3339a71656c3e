// attention: every query looks back over the keys up to its own position and mixes their values.
//
//   o[t,h,:] = sum_j softmax_j(q[t,h] . k[j,g] / sqrt(D)) v[j,g,:]   j from start to position + t, g = h / (H/K)
//
// start is 0, or the first position of the query's chunk. Keys come in tiles; the largest score so far rescales what
// earlier tiles found. Where queries and keys are normed no score exceeds sqrt(D), and exp needs no such care: is_bounded
// then leaves it out.
//
// Shapes    qkv: (T, (H + 2K) * D) f32, queries turned and normed    keys, values: (S, K, D)    o: (T, H, D) f32
// Bindings  0 params   1 step   2 qkv read   3 keys read   4 values read   5 o read_write
// Dispatch  (K, T, ceil(H / K / 4)) workgroups: four query heads of a group share each key and value
// Source    Dao et al. 2022; Milakov & Gimelshein 2018

override WORKGROUP_SIZE: u32 = 64u; // at least D / 4
override TILE: u32 = 64u; // keys that it looks over at once
override MOST_QUADS: u32 = 64u; // room for D / 4

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

// The four queries; where the group has fewer, its last one again.
fn gather_queries(token: u32, first_head: u32, live_heads: u32, lane: u32) {
    let stride = (params.heads + 2u * params.kv_heads) * params.quads;
    for (var i = lane; i < 4u * params.quads; i += WORKGROUP_SIZE) {
        let head = first_head + min(i / params.quads, live_heads - 1u);
        queries[i] = qkv[token * stride + head * params.quads + i % params.quads];
    }
    workgroupBarrier();
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn attention(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let token = workgroup.y;
    let group = params.heads / params.kv_heads;
    let first_head = workgroup.x * group + workgroup.z * 4u;
    let live_heads = min(group - workgroup.z * 4u, 4u);
    let position = step.position + token;
    var start = 0u;
    if params.chunk != 0u {
        start = position / params.chunk * params.chunk;
    }
    gather_queries(token, first_head, live_heads, lane);
    let mix = whole(attend(start, position + 1u, workgroup.x, lane), lane);
    if lane < params.quads {
        write(mix, (token * params.heads + first_head) * params.quads + lane, live_heads);
    }
}
