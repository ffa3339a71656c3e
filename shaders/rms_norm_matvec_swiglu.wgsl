// rms_norm_matvec_swiglu: the gated half of the feed-forward on the normed residual of one token.
//
//   n[c] = x[c] * weight[c] / sqrt(mean_c(x[c]^2) + eps)
//   h[first_row + f] = silu(sum_c G[f,c] * n[c]) * sum_c U[f,c] * n[c]     silu(g) = g / (1 + exp(-g))
//
// G and U lie in one matrix in stripes: 32 rows of G, the same 32 of U, the next 32 of G, and so on.
//
// Shapes    G, U: (rows, C)    x: (C) f32    weight: (C) f32    h: (F) f32
// Bindings  0 params   1 step   2 quants read   3 scales read   4 x read   5 weight read   6 h read_write
// Dispatch  ceil(rows / (WORKGROUP_SIZE / LANES * ROWS)) workgroups in x and y; where LANES is 1, any number that leaves no
//           lane more than MOST_ROWS
// Source    Shazeer 2020; silu on the gate, as Llama4TextMLP of transformers

override WORKGROUP_SIZE: u32 = 64u;
override LANES: u32 = 16u; // invocations that share ROWS rows of G and as many of U
override ROWS: u32 = 4u;

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
@group(0) @binding(6) var<storage, read_write> h: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn rms_norm_matvec_swiglu(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let mine = share(params.rows, workgroup, workgroups, invocation);
    let last = params.rows - 1u;
    var gates: Sums;
    var ups: Sums;
    var squares = 0.0;
    for (var b = invocation % LANES; b < params.blocks; b += STEP) {
        let v = x_block(0u, b);
        squares += dot_block(v, v);
        let n = operand(weighted(v, b));
        let next = min(b + 1u, params.blocks - 1u);
        var m = nothing();
        if LANES == 1u && next > b {
            let u = x_block(0u, next);
            squares += dot_block(u, u);
            m = operand(weighted(u, next));
        }
        // Rows past the end repeat the last one and are not written.
        for (var r = 0u; r < mine.rows; r += 1u) {
            let row = min(mine.first + r, last);
            let gate = row + (row & ~31u);
            var sum = vec2(weight_dot(gate, b, params.blocks, n), weight_dot(gate + 32u, b, params.blocks, n));
            if LANES == 1u {
                sum.x += weight_dot(gate, next, params.blocks, m);
                sum.y += weight_dot(gate + 32u, next, params.blocks, m);
            }
            gates[r] += sum.x;
            ups[r] += sum.y;
        }
    }
    let scale = inverseSqrt(lane_sum(vec4(squares), invocation).x / f32(params.blocks * 32u) + params.eps);
    add_lanes(&gates, invocation);
    add_lanes(&ups, invocation);
    if invocation % LANES != 0u {
        return;
    }
    for (var r = 0u; r < mine.rows && mine.first + r < params.rows; r += 1u) {
        // exp overflows to infinity far below zero, where silu is zero all the same; the bound keeps it finite.
        let gate = gates[r] * scale;
        let silu = gate / (1.0 + exp(min(-gate, 80.0)));
        h[params.first_row + mine.first + r] = silu * (ups[r] * scale);
    }
}
