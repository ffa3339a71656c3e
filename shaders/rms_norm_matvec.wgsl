// rms_norm_matvec: rows of a matrix times the normed residual of one token, plus a bias.
//
//   y[first_row + r] = sum_c W[r,c] * x[t,c] * weight[c] / sqrt(mean_c(x[t,c]^2) + eps) + bias[first_row + r]
//
// t = first_token. The norm's weight meets x while x is loaded; its root is one number and meets the finished sum.
//
// Shapes    W: (rows, C)    x: (first_token + 1, C) f32    weight: (C) f32    bias: (R) f32    y: (R) f32
// Bindings  0 params   1 step   2 quants read   3 scales read   4 x read   5 weight read   6 bias read   7 y read_write
// Dispatch  ceil(rows / (WORKGROUP_SIZE / LANES * ROWS)) workgroups in x and y; where LANES is 1, any number that leaves no
//           lane more than MOST_ROWS
// Source    Zhang & Sennrich 2019; eps = rms_norm_eps of config.json, added inside the root

override WORKGROUP_SIZE: u32 = 64u;
override LANES: u32 = 16u; // invocations that share ROWS rows
override ROWS: u32 = 4u;

struct Params {
    rows: u32,
    blocks: u32, // C / 32
    first_row: u32,
    stride: u32, // R
    eps: f32,
    has_bias: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> weight: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> bias: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn rms_norm_matvec(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let mine = share(params.rows, workgroup, workgroups, invocation);
    let last = params.rows - 1u;
    var sums: Sums;
    var squares = 0.0;
    for (var b = invocation % LANES; b < params.blocks; b += STEP) {
        let v = x_block(step.first_token, b);
        squares += dot_block(v, v);
        let n = operand(weighted(v, b));
        let next = min(b + 1u, params.blocks - 1u);
        var m = nothing();
        if LANES == 1u && next > b {
            let u = x_block(step.first_token, next);
            squares += dot_block(u, u);
            m = operand(weighted(u, next));
        }
        // Rows past the end repeat the last one and are not written.
        for (var r = 0u; r < mine.rows; r += 1u) {
            let row = min(mine.first + r, last);
            var sum = weight_dot(row, b, params.blocks, n);
            if LANES == 1u {
                sum += weight_dot(row, next, params.blocks, m);
            }
            sums[r] += sum;
        }
    }
    let scale = inverseSqrt(lane_sum(vec4(squares), invocation).x / f32(params.blocks * 32u) + params.eps);
    add_lanes(&sums, invocation);
    if invocation % LANES != 0u {
        return;
    }
    for (var r = 0u; r < mine.rows && mine.first + r < params.rows; r += 1u) {
        let column = params.first_row + mine.first + r;
        var sum = sums[r] * scale;
        if params.has_bias != 0u {
            sum += bias[column];
        }
        y[column] = sum;
    }
}
