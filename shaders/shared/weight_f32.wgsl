// weight_f32: a matrix of f32, eight vec4 a block; there are no scales.

@group(0) @binding(2) var<storage, read> quants: array<vec4<f32>>;

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = (row * blocks + index) * 8u;
    return Block(
        quants[i], quants[i + 1u], quants[i + 2u], quants[i + 3u],
        quants[i + 4u], quants[i + 5u], quants[i + 6u], quants[i + 7u],
    );
}

fn operand(x: Block) -> Operand {
    return plain_operand(x);
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    return dot_block(weight_block(row, index, blocks), v.x);
}
