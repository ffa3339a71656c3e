// weight_bf16: a matrix of bf16, the upper halves of f32, two to a word, four vec4 a block; there are no scales.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;

fn upper_halves(low: u32, high: u32) -> vec4<f32> {
    return bitcast<vec4<f32>>(vec4(low << 16u, low & 0xFFFF0000u, high << 16u, high & 0xFFFF0000u));
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = (row * blocks + index) * 4u;
    let p = quants[i];
    let q = quants[i + 1u];
    let r = quants[i + 2u];
    let s = quants[i + 3u];
    return Block(
        upper_halves(p.x, p.y), upper_halves(p.z, p.w), upper_halves(q.x, q.y), upper_halves(q.z, q.w),
        upper_halves(r.x, r.y), upper_halves(r.z, r.w), upper_halves(s.x, s.y), upper_halves(s.z, s.w),
    );
}

fn operand(x: Block) -> Operand {
    return plain_operand(x);
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    return dot_block(weight_block(row, index, blocks), v.x);
}
