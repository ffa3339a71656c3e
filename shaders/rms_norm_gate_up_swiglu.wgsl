// rms_norm_gate_up_swiglu: the gated half of the feed-forward on the normed residual.
//
//   n[t,c] = x[t,c] * weight[c] / sqrt(mean_c(x[t,c]^2) + eps)
//   h[t, first_row + f] = silu(sum_c G[f,c] * n[t,c]) * sum_c U[f,c] * n[t,c]     silu(g) = g / (1 + exp(-g))
//
// G and U lie in one matrix in stripes: 32 rows of G, the same 32 of U, the next 32 of G, and so on.
//
// Shapes    G, U: (rows, C)    x: (T, C) f32    weight: (C) f32    h: (T, F) f32
// Bindings  0 params   1 step   2 quants read   3 scales read   4 x read   5 weight read   6 h read_write
// Dispatch  ceil(rows / (WORKGROUP_SIZE / LANES * 4)) workgroups in x and y, ceil(T / TOKENS) in z
// Source    Shazeer 2020; silu on the gate, as Llama4TextMLP of transformers

override WORKGROUP_SIZE: u32 = 64u;
override LANES: u32 = 16u; // invocations that share four rows of G and four of U
override TOKENS: u32 = 1u; // tokens a workgroup takes at once: 1 or 4

struct Params {
    rows: u32, // of G, a multiple of 32
    blocks: u32, // C / 32
    first_row: u32,
    stride: u32, // F
    eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> weight: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> h: array<vec4<f32>>;

fn x_block(token: u32, index: u32) -> Block {
    let i = (token * params.blocks + index) * 8u;
    return Block(x[i], x[i + 1u], x[i + 2u], x[i + 3u], x[i + 4u], x[i + 5u], x[i + 6u], x[i + 7u]);
}

fn weighted(v: Block, index: u32) -> Block {
    let i = index * 8u;
    return Block(
        v.a * weight[i], v.b * weight[i + 1u], v.c * weight[i + 2u], v.d * weight[i + 3u],
        v.e * weight[i + 4u], v.f * weight[i + 5u], v.g * weight[i + 6u], v.h * weight[i + 7u],
    );
}

fn write(token: u32, row: u32, gate: vec4<f32>, up: vec4<f32>, scale: f32) {
    if token >= step.tokens || row >= params.rows {
        return;
    }
    // exp overflows to infinity far below zero, where silu is zero all the same; the bound keeps it finite.
    let g = gate * scale;
    let silu = g / (1.0 + exp(min(-g, vec4(80.0))));
    h[(token * params.stride + params.first_row + row) / 4u] = silu * (up * scale);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn rms_norm_gate_up_swiglu(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let quad = (workgroup.y * workgroups.x + workgroup.x) * (WORKGROUP_SIZE / LANES) + invocation / LANES;
    let row = quad * 4u;
    // Rows and tokens past the end repeat the last ones and are not written.
    let read = min(row, params.rows - 4u);
    let gates = read / 32u * 64u + read % 32u;
    let ups = gates + 32u;
    let token = workgroup.z * TOKENS;
    let tokens = min(vec4(token) + vec4(0u, 1u, 2u, 3u), vec4(step.tokens - 1u));
    var gate0 = vec4<f32>();
    var gate1 = vec4<f32>();
    var gate2 = vec4<f32>();
    var gate3 = vec4<f32>();
    var up0 = vec4<f32>();
    var up1 = vec4<f32>();
    var up2 = vec4<f32>();
    var up3 = vec4<f32>();
    var squares = vec4<f32>();
    for (var b = invocation % LANES; b < params.blocks; b += LANES) {
        let x0 = x_block(tokens.x, b);
        squares.x += dot_block(x0, x0);
        let v0 = weighted(x0, b);
        var v1: Block;
        var v2: Block;
        var v3: Block;
        if TOKENS > 1u {
            v1 = x_block(tokens.y, b);
            v2 = x_block(tokens.z, b);
            v3 = x_block(tokens.w, b);
            squares += vec4(0.0, dot_block(v1, v1), dot_block(v2, v2), dot_block(v3, v3));
            v1 = weighted(v1, b);
            v2 = weighted(v2, b);
            v3 = weighted(v3, b);
        }
        var p = weight_block(gates, b, params.blocks);
        var q = weight_block(gates + 1u, b, params.blocks);
        var r = weight_block(gates + 2u, b, params.blocks);
        var s = weight_block(gates + 3u, b, params.blocks);
        gate0 += vec4(dot_block(p, v0), dot_block(q, v0), dot_block(r, v0), dot_block(s, v0));
        if TOKENS > 1u {
            gate1 += vec4(dot_block(p, v1), dot_block(q, v1), dot_block(r, v1), dot_block(s, v1));
            gate2 += vec4(dot_block(p, v2), dot_block(q, v2), dot_block(r, v2), dot_block(s, v2));
            gate3 += vec4(dot_block(p, v3), dot_block(q, v3), dot_block(r, v3), dot_block(s, v3));
        }
        p = weight_block(ups, b, params.blocks);
        q = weight_block(ups + 1u, b, params.blocks);
        r = weight_block(ups + 2u, b, params.blocks);
        s = weight_block(ups + 3u, b, params.blocks);
        up0 += vec4(dot_block(p, v0), dot_block(q, v0), dot_block(r, v0), dot_block(s, v0));
        if TOKENS > 1u {
            up1 += vec4(dot_block(p, v1), dot_block(q, v1), dot_block(r, v1), dot_block(s, v1));
            up2 += vec4(dot_block(p, v2), dot_block(q, v2), dot_block(r, v2), dot_block(s, v2));
            up3 += vec4(dot_block(p, v3), dot_block(q, v3), dot_block(r, v3), dot_block(s, v3));
        }
    }
    let scale = inverseSqrt(lane_sum(squares, invocation) / f32(params.blocks * 32u) + params.eps);
    gate0 = lane_sum(gate0, invocation);
    up0 = lane_sum(up0, invocation);
    if TOKENS > 1u {
        gate1 = lane_sum(gate1, invocation);
        gate2 = lane_sum(gate2, invocation);
        gate3 = lane_sum(gate3, invocation);
        up1 = lane_sum(up1, invocation);
        up2 = lane_sum(up2, invocation);
        up3 = lane_sum(up3, invocation);
    }
    if invocation % LANES != 0u {
        return;
    }
    write(token, row, gate0, up0, scale.x);
    if TOKENS > 1u {
        write(token + 1u, row, gate1, up1, scale.y);
        write(token + 2u, row, gate2, up2, scale.z);
        write(token + 3u, row, gate3, up3, scale.w);
    }
}
