// weight_f16: a matrix of f16, two to a word, four vec4 a block; there are no scales.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;

fn halves(low: u32, high: u32) -> vec4<f32> {
    return vec4(unpack2x16float(low), unpack2x16float(high));
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = (row * blocks + index) * 4u;
    let p = quants[i];
    let q = quants[i + 1u];
    let r = quants[i + 2u];
    let s = quants[i + 3u];
    return Block(
        halves(p.x, p.y), halves(p.z, p.w), halves(q.x, q.y), halves(q.z, q.w),
        halves(r.x, r.y), halves(r.z, r.w), halves(s.x, s.y), halves(s.z, s.w),
    );
}

fn operand(x: Block) -> Operand {
    return plain_operand(x);
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    return dot_block(weight_block(row, index, blocks), v.x);
}
