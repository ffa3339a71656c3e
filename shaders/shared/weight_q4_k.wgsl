// weight_q4_k: 32 nibbles a block; value = d * scale * q - dmin * minimum. Scales of eight blocks are five words: d and
// dmin as f16, then a byte of scale and one of minimum for each block.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

// Of block `i` of the matrix: scale and minimum.
fn scale_at(i: u32) -> vec2<f32> {
    let group = (i >> 3u) * 5u;
    let pair = unpack4xU8(scales[group + 1u + ((i & 7u) >> 1u)] >> ((i & 1u) * 16u)).xy;
    return unpack2x16float(scales[group]) * vec2<f32>(pair);
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = row * blocks + index;
    let scale = scale_at(i);
    return nibble_block(quants[i], scale.x, -scale.y);
}

fn operand(x: Block) -> Operand {
    return nibble_operand(x);
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    let i = row * blocks + index;
    let scale = scale_at(i);
    let dots = nibble_dots(quants[i], v);
    return scale.x * (dots.x + dots.y) - scale.y * (v.sums.x + v.sums.y);
}
