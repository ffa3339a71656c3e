// rms_norm_matmul: rows of a matrix times the normed residual, plus a bias.
//
//   y[t, first_row + r] = sum_c W[r,c] * x[t,c] * weight[c] / sqrt(mean_c(x[t,c]^2) + eps) + bias[first_row + r]
//
// The norm's weight meets x while x is loaded; its root is one number a token and meets the finished sum.
//
// Shapes    W: (rows, C)    x: (first_token + T, C) f32    weight: (C) f32    bias: (R) f32    y: (T, R) f32
// Bindings  0 params   1 step   2 quants read   3 scales read   4 x read   5 weight read   6 bias read   7 y read_write
// Dispatch  ceil(rows / (WORKGROUP_SIZE / LANES * 4)) workgroups in x and y, ceil(T / TOKENS) in z
// Source    Zhang & Sennrich 2019; eps = rms_norm_eps of config.json, added inside the root

override WORKGROUP_SIZE: u32 = 64u;
override LANES: u32 = 16u; // invocations that share four rows
const TOKENS = 4u; // a workgroup takes at once

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

fn write(token: u32, row: u32, value: vec4<f32>, scale: f32) {
    if token >= step.tokens {
        return;
    }
    for (var r = 0u; r < 4u && row + r < params.rows; r += 1u) {
        let column = params.first_row + row + r;
        var sum = value[r] * scale;
        if params.has_bias != 0u {
            sum += bias[column];
        }
        y[token * params.stride + column] = sum;
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn rms_norm_matmul(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let quad = (workgroup.y * workgroups.x + workgroup.x) * (WORKGROUP_SIZE / LANES) + invocation / LANES;
    let row = quad * 4u;
    let last = params.rows - 1u;
    // Rows and tokens past the end repeat the last one and are not written.
    let rows = min(vec4(row) + vec4(0u, 1u, 2u, 3u), vec4(last));
    let token = workgroup.z * TOKENS;
    let tokens = step.first_token + min(vec4(token) + vec4(0u, 1u, 2u, 3u), vec4(step.tokens - 1u));
    var sum0 = vec4<f32>();
    var sum1 = vec4<f32>();
    var sum2 = vec4<f32>();
    var sum3 = vec4<f32>();
    var squares = vec4<f32>();
    for (var b = invocation % LANES; b < params.blocks; b += LANES) {
        let p = weight_block(rows.x, b, params.blocks);
        let q = weight_block(rows.y, b, params.blocks);
        let r = weight_block(rows.z, b, params.blocks);
        let s = weight_block(rows.w, b, params.blocks);
        var v = x_block(tokens.x, b);
        squares.x += dot_block(v, v);
        v = weighted(v, b);
        sum0 += vec4(dot_block(p, v), dot_block(q, v), dot_block(r, v), dot_block(s, v));
        v = x_block(tokens.y, b);
        squares.y += dot_block(v, v);
        v = weighted(v, b);
        sum1 += vec4(dot_block(p, v), dot_block(q, v), dot_block(r, v), dot_block(s, v));
        v = x_block(tokens.z, b);
        squares.z += dot_block(v, v);
        v = weighted(v, b);
        sum2 += vec4(dot_block(p, v), dot_block(q, v), dot_block(r, v), dot_block(s, v));
        v = x_block(tokens.w, b);
        squares.w += dot_block(v, v);
        v = weighted(v, b);
        sum3 += vec4(dot_block(p, v), dot_block(q, v), dot_block(r, v), dot_block(s, v));
    }
    let scale = inverseSqrt(lane_sum(squares, invocation) / f32(params.blocks * 32u) + params.eps);
    sum0 = lane_sum(sum0, invocation);
    sum1 = lane_sum(sum1, invocation);
    sum2 = lane_sum(sum2, invocation);
    sum3 = lane_sum(sum3, invocation);
    if invocation % LANES != 0u {
        return;
    }
    write(token, row, sum0, scale.x);
    write(token + 1u, row, sum1, scale.y);
    write(token + 2u, row, sum2, scale.z);
    write(token + 3u, row, sum3, scale.w);
}
