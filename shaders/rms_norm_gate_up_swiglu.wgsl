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
const TOKENS = 4u; // a workgroup takes at once

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

// Block `b` of four neighbouring rows.
struct Rows {
    p: Block,
    q: Block,
    r: Block,
    s: Block,
}

// Four rows on each of four tokens.
struct Sums {
    t0: vec4<f32>,
    t1: vec4<f32>,
    t2: vec4<f32>,
    t3: vec4<f32>,
}

fn four_rows(first: u32, b: u32) -> Rows {
    return Rows(
        weight_block(first, b, params.blocks),
        weight_block(first + 1u, b, params.blocks),
        weight_block(first + 2u, b, params.blocks),
        weight_block(first + 3u, b, params.blocks),
    );
}

fn dots(rows: Rows, v: Block) -> vec4<f32> {
    return vec4(dot_block(rows.p, v), dot_block(rows.q, v), dot_block(rows.r, v), dot_block(rows.s, v));
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
    let token = workgroup.z * TOKENS;
    let tokens = min(vec4(token) + vec4(0u, 1u, 2u, 3u), vec4(step.tokens - 1u));
    var gate: Sums;
    var up: Sums;
    var squares = vec4<f32>();
    for (var b = invocation % LANES; b < params.blocks; b += LANES) {
        var v0 = x_block(tokens.x, b);
        var v1 = x_block(tokens.y, b);
        var v2 = x_block(tokens.z, b);
        var v3 = x_block(tokens.w, b);
        squares += vec4(dot_block(v0, v0), dot_block(v1, v1), dot_block(v2, v2), dot_block(v3, v3));
        v0 = weighted(v0, b);
        v1 = weighted(v1, b);
        v2 = weighted(v2, b);
        v3 = weighted(v3, b);
        var w = four_rows(gates, b);
        gate.t0 += dots(w, v0);
        gate.t1 += dots(w, v1);
        gate.t2 += dots(w, v2);
        gate.t3 += dots(w, v3);
        w = four_rows(gates + 32u, b);
        up.t0 += dots(w, v0);
        up.t1 += dots(w, v1);
        up.t2 += dots(w, v2);
        up.t3 += dots(w, v3);
    }
    let scale = inverseSqrt(lane_sum(squares, invocation) / f32(params.blocks * 32u) + params.eps);
    gate.t0 = lane_sum(gate.t0, invocation);
    up.t0 = lane_sum(up.t0, invocation);
    gate.t1 = lane_sum(gate.t1, invocation);
    gate.t2 = lane_sum(gate.t2, invocation);
    gate.t3 = lane_sum(gate.t3, invocation);
    up.t1 = lane_sum(up.t1, invocation);
    up.t2 = lane_sum(up.t2, invocation);
    up.t3 = lane_sum(up.t3, invocation);
    if invocation % LANES != 0u {
        return;
    }
    write(token, row, gate.t0, up.t0, scale.x);
    write(token + 1u, row, gate.t1, up.t1, scale.y);
    write(token + 2u, row, gate.t2, up.t2, scale.z);
    write(token + 3u, row, gate.t3, up.t3, scale.w);
}
