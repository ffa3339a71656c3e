// weight_q5_k: 32 levels of five bits a block; value = d * scale * q - dmin * minimum. Scales of eight blocks are 13
// words: d and dmin as f16, a byte of scale and one of minimum for each block, a word of fifth bits for each block.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

// Of block `i` of the matrix: scale and minimum.
fn scale_at(i: u32) -> vec2<f32> {
    let group = (i >> 3u) * 13u;
    let pair = unpack4xU8(scales[group + 1u + ((i & 7u) >> 1u)] >> ((i & 1u) * 16u)).xy;
    return unpack2x16float(scales[group]) * vec2<f32>(pair);
}

fn fifth_at(i: u32) -> u32 {
    return scales[(i >> 3u) * 13u + 5u + (i & 7u)];
}

// The fifth bits of four neighbours are the lowest of the bytes of `fifth`.
fn levels(word: u32, fifth: u32, scale: vec2<f32>) -> vec4<f32> {
    let q = (word & 0x0F0F0F0Fu) | ((fifth & 0x01010101u) << 4u);
    return scale.x * (in_place(q, 0x1F1F1F1Fu) * PLACES) - scale.y;
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = row * blocks + index;
    let scale = scale_at(i);
    let fifth = fifth_at(i);
    let q = quants[i];
    let high = q >> vec4(4u);
    return Block(
        levels(q.x, fifth, scale), levels(q.y, fifth >> 1u, scale),
        levels(q.z, fifth >> 2u, scale), levels(q.w, fifth >> 3u, scale),
        levels(high.x, fifth >> 4u, scale), levels(high.y, fifth >> 5u, scale),
        levels(high.z, fifth >> 6u, scale), levels(high.w, fifth >> 7u, scale),
    );
}

fn operand(x: Block) -> Operand {
    return nibble_operand(x);
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    let i = row * blocks + index;
    let scale = scale_at(i);
    let dots = nibble_dots(quants[i], v) + fifth_dots(fifth_at(i), v);
    return scale.x * (dots.x + dots.y) - scale.y * (v.sums.x + v.sums.y);
}
