// attention_merge: puts together what the splits of a token's attention have found.
//
//   o[h,:] = sum_s e[s,h] a[s,h,:] / sum_s e[s,h] l[s,h]   e[s,h] = exp(m[s,h] - max_s m[s,h])
//
// a are a split's sums of weighted values, l its total of weights, m its largest score, all 0 where scores are bounded.
//
// Shapes    partials: (splits, H, D + 4) f32: a, then l, m, number of splits, 0    o: (H, D) f32
// Bindings  0 params   1 partials read   2 o read_write
// Dispatch  ceil(H * D / 4 / WORKGROUP_SIZE) workgroups: an invocation for each four dimensions
// Source    Dao et al. 2023, Flash-Decoding

override WORKGROUP_SIZE: u32 = 64u;

struct Params {
    heads: u32, // H
    quads: u32, // D / 4
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> o: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn attention_merge(@builtin(global_invocation_id) invocation: vec3<u32>) {
    let i = invocation.x;
    if i >= params.heads * params.quads {
        return;
    }
    let first = i / params.quads * (params.quads + 1u);
    let stride = params.heads * (params.quads + 1u);
    let splits = u32(partials[first + params.quads].z);
    var largest = -3.0e38;
    for (var s = 0u; s < splits; s += 1u) {
        largest = max(largest, partials[first + s * stride + params.quads].y);
    }
    var sum = vec4<f32>();
    var total = 0.0;
    for (var s = 0u; s < splits; s += 1u) {
        let beside = partials[first + s * stride + params.quads];
        let weight = exp(beside.y - largest);
        sum += weight * partials[first + s * stride + i % params.quads];
        total += weight * beside.x;
    }
    o[i] = sum / total;
}
