// weight_q4_1: 32 nibbles, one f16 scale and one f16 minimum a block; value = scale * q + minimum.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = row * blocks + index;
    let scale = unpack2x16float(scales[i]);
    return nibble_block(quants[i], scale.x, scale.y);
}

fn operand(x: Block) -> Operand {
    return nibble_operand(x);
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    let i = row * blocks + index;
    let scale = unpack2x16float(scales[i]);
    let dots = nibble_dots(quants[i], v);
    return scale.x * (dots.x + dots.y) + scale.y * (v.sums.x + v.sums.y);
}
