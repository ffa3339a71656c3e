// weight_q6_k: 32 levels of six bits a block; value = d * scale * (q - 32), a scale for 16 elements. Scales of eight
// blocks are 21 words: d as f16, 16 signed bytes of scales, two words of fifth and sixth bits for each block.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

// The fifth and sixth bits of four neighbours are the lowest of the bytes of `upper`.
fn levels(word: u32, upper: u32, scale: f32) -> vec4<f32> {
    let q = (word & 0x0F0F0F0Fu) | ((upper & 0x03030303u) << 4u);
    return scale * (vec4<f32>(unpack4xU8(q)) - 32.0);
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = row * blocks + index;
    let group = i / 8u * 21u;
    let pair = unpack4xI8(scales[group + 1u + i % 8u / 2u] >> (i % 2u * 16u)).xy;
    let scale = unpack2x16float(scales[group]).x * vec2<f32>(pair);
    let low_upper = scales[group + 5u + i % 8u * 2u];
    let high_upper = scales[group + 6u + i % 8u * 2u];
    let q = quants[i];
    let high = q >> vec4(4u);
    return Block(
        levels(q.x, low_upper, scale.x), levels(q.y, low_upper >> 2u, scale.x),
        levels(q.z, low_upper >> 4u, scale.x), levels(q.w, low_upper >> 6u, scale.x),
        levels(high.x, high_upper, scale.y), levels(high.y, high_upper >> 2u, scale.y),
        levels(high.z, high_upper >> 4u, scale.y), levels(high.w, high_upper >> 6u, scale.y),
    );
}
