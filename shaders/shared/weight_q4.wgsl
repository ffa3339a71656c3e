// weight_q4: 32 nibbles and one f16 scale a block; value = scale * (q - 8). Low nibbles are the first 16 elements.
// A row's scales are padded to whole words.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

fn scale_at(row: u32, index: u32, blocks: u32) -> f32 {
    let pair = unpack2x16float(scales[row * ((blocks + 1u) >> 1u) + (index >> 1u)]);
    return select(pair.x, pair.y, (index & 1u) == 1u);
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let scale = scale_at(row, index, blocks);
    return nibble_block(quants[row * blocks + index], scale, -8.0 * scale);
}

fn operand(x: Block) -> Operand {
    return nibble_operand(x);
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    let dots = nibble_dots(quants[row * blocks + index], v) - 8.0 * v.sums;
    return scale_at(row, index, blocks) * (dots.x + dots.y);
}
