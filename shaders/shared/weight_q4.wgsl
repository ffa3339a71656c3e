// weight_q4: 32 nibbles and one f16 scale a block; value = scale * (q - 8). Low nibbles are the first 16 elements.
// A row's scales are padded to whole words.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

fn nibbles(word: u32, scale: f32) -> vec4<f32> {
    return scale * (vec4<f32>(unpack4xU8(word & 0x0F0F0F0Fu)) - 8.0);
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let pair = unpack2x16float(scales[row * ((blocks + 1u) / 2u) + index / 2u]);
    let scale = select(pair.x, pair.y, (index & 1u) == 1u);
    let q = quants[row * blocks + index];
    let high = q >> vec4(4u);
    return Block(
        nibbles(q.x, scale), nibbles(q.y, scale), nibbles(q.z, scale), nibbles(q.w, scale),
        nibbles(high.x, scale), nibbles(high.y, scale), nibbles(high.z, scale), nibbles(high.w, scale),
    );
}
