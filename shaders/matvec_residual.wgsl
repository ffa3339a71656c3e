// matvec_residual: rows of a matrix times the activations of one token, plus a bias, added to the residual.
//
//   x[first_row + r] += sum_k W[r,k] * y[k] + bias[first_row + r]
//
// Shapes    W: (rows, K)    y: (K) f32    bias: (C) f32    x: (C) f32
// Bindings  0 params   1 step   2 quants read   3 scales read   4 y read   5 bias read   6 x read_write
// Dispatch  ceil(rows / (WORKGROUP_SIZE / LANES * ROWS)) workgroups in x and y; where LANES is 1, any number that leaves no
//           lane more than MOST_ROWS
// Source    o_proj and down_proj of Llama4TextDecoderLayer in transformers

override WORKGROUP_SIZE: u32 = 64u;
override LANES: u32 = 16u; // invocations that share ROWS rows
override ROWS: u32 = 4u;

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

fn y_block(index: u32) -> Block {
    let i = index * 8u;
    return Block(y[i], y[i + 1u], y[i + 2u], y[i + 3u], y[i + 4u], y[i + 5u], y[i + 6u], y[i + 7u]);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn matvec_residual(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let mine = share(params.rows, workgroup, workgroups, invocation);
    let last = params.rows - 1u;
    var sums: Sums;
    for (var b = invocation % LANES; b < params.blocks; b += STEP) {
        let n = operand(y_block(b));
        let next = min(b + 1u, params.blocks - 1u);
        var m = nothing();
        if LANES == 1u && next > b {
            m = operand(y_block(next));
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
    add_lanes(&sums, invocation);
    if invocation % LANES != 0u {
        return;
    }
    for (var r = 0u; r < mine.rows && mine.first + r < params.rows; r += 1u) {
        let column = params.first_row + mine.first + r;
        var sum = sums[r];
        if params.has_bias != 0u {
            sum += bias[column];
        }
        x[column] += sum;
    }
}
