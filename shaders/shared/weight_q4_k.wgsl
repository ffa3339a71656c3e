// weight_q4_k: 32 nibbles a block; value = d * scale * q - dmin * minimum. Scales of eight blocks are five words: d and
// dmin as f16, then a byte of scale and one of minimum for each block.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

fn nibbles(word: u32, scale: vec2<f32>) -> vec4<f32> {
    return scale.x * vec4<f32>(unpack4xU8(word & 0x0F0F0F0Fu)) - scale.y;
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = row * blocks + index;
    let group = i / 8u * 5u;
    let pair = unpack4xU8(scales[group + 1u + i % 8u / 2u] >> (i % 2u * 16u)).xy;
    let scale = unpack2x16float(scales[group]) * vec2<f32>(pair);
    let q = quants[i];
    let high = q >> vec4(4u);
    return Block(
        nibbles(q.x, scale), nibbles(q.y, scale), nibbles(q.z, scale), nibbles(q.w, scale),
        nibbles(high.x, scale), nibbles(high.y, scale), nibbles(high.z, scale), nibbles(high.w, scale),
    );
}
