// matmul_residual: rows of a matrix times activations, plus a bias, added to the residual.
//
//   x[t, first_row + r] += sum_k W[r,k] * y[t,k] + bias[first_row + r]
//
// Shapes    W: (rows, K)    y: (T, K) f32    bias: (C) f32    x: (T, C) f32
// Bindings  0 params   1 step   2 quants read   3 scales read   4 y read   5 bias read   6 x read_write
// Dispatch  ceil(rows / (WORKGROUP_SIZE / LANES * 4)) workgroups in x and y, ceil(T / TOKENS) in z
// Source    o_proj and down_proj of Llama4TextDecoderLayer in transformers

override WORKGROUP_SIZE: u32 = 64u;
override LANES: u32 = 16u; // invocations that share four rows
const TOKENS = 4u; // a workgroup takes at once

struct Params {
    rows: u32,
    blocks: u32, // K / 32
    first_row: u32,
    stride: u32, // C
    has_bias: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read_write> x: array<f32>;

fn y_block(token: u32, index: u32) -> Block {
    let i = (token * params.blocks + index) * 8u;
    return Block(y[i], y[i + 1u], y[i + 2u], y[i + 3u], y[i + 4u], y[i + 5u], y[i + 6u], y[i + 7u]);
}

fn add(token: u32, row: u32, value: vec4<f32>) {
    if token >= step.tokens {
        return;
    }
    for (var r = 0u; r < 4u && row + r < params.rows; r += 1u) {
        let column = params.first_row + row + r;
        var sum = value[r];
        if params.has_bias != 0u {
            sum += bias[column];
        }
        x[token * params.stride + column] += sum;
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn matmul_residual(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let quad = (workgroup.y * workgroups.x + workgroup.x) * (WORKGROUP_SIZE / LANES) + invocation / LANES;
    let row = quad * 4u;
    // Rows and tokens past the end repeat the last one and are not written.
    let rows = min(vec4(row) + vec4(0u, 1u, 2u, 3u), vec4(params.rows - 1u));
    let token = workgroup.z * TOKENS;
    let tokens = min(vec4(token) + vec4(0u, 1u, 2u, 3u), vec4(step.tokens - 1u));
    var sum0 = vec4<f32>();
    var sum1 = vec4<f32>();
    var sum2 = vec4<f32>();
    var sum3 = vec4<f32>();
    for (var b = invocation % LANES; b < params.blocks; b += LANES) {
        let p = weight_block(rows.x, b, params.blocks);
        let q = weight_block(rows.y, b, params.blocks);
        let r = weight_block(rows.z, b, params.blocks);
        let s = weight_block(rows.w, b, params.blocks);
        var v = y_block(tokens.x, b);
        sum0 += vec4(dot_block(p, v), dot_block(q, v), dot_block(r, v), dot_block(s, v));
        v = y_block(tokens.y, b);
        sum1 += vec4(dot_block(p, v), dot_block(q, v), dot_block(r, v), dot_block(s, v));
        v = y_block(tokens.z, b);
        sum2 += vec4(dot_block(p, v), dot_block(q, v), dot_block(r, v), dot_block(s, v));
        v = y_block(tokens.w, b);
        sum3 += vec4(dot_block(p, v), dot_block(q, v), dot_block(r, v), dot_block(s, v));
    }
    sum0 = lane_sum(sum0, invocation);
    sum1 = lane_sum(sum1, invocation);
    sum2 = lane_sum(sum2, invocation);
    sum3 = lane_sum(sum3, invocation);
    if invocation % LANES != 0u {
        return;
    }
    add(token, row, sum0);
    add(token + 1u, row, sum1);
    add(token + 2u, row, sum2);
    add(token + 3u, row, sum3);
}
