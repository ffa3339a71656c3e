// weight_q6_k: 32 levels of six bits a block; value = d * scale * (q - 32), a scale for 16 elements. Scales of eight
// blocks are 21 words: d as f16, 16 signed bytes of scales, two words of fifth and sixth bits for each block.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

// Of block `i` of the matrix, for each half.
fn scale_at(i: u32) -> vec2<f32> {
    let group = (i >> 3u) * 21u;
    let pair = unpack4xI8(scales[group + 1u + ((i & 7u) >> 1u)] >> ((i & 1u) * 16u)).xy;
    return unpack2x16float(scales[group]).x * vec2<f32>(pair);
}

// The fifth and sixth bits of four neighbours are the lowest of the bytes of `upper`.
fn levels(word: u32, upper: u32, scale: f32) -> vec4<f32> {
    let q = (word & 0x0F0F0F0Fu) | ((upper & 0x03030303u) << 4u);
    return scale * (in_place(q, 0x3F3F3F3Fu) * PLACES - 32.0);
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let i = row * blocks + index;
    let group = (i >> 3u) * 21u;
    let scale = scale_at(i);
    let low_upper = scales[group + 5u + (i & 7u) * 2u];
    let high_upper = scales[group + 6u + (i & 7u) * 2u];
    let q = quants[i];
    let high = q >> vec4(4u);
    return Block(
        levels(q.x, low_upper, scale.x), levels(q.y, low_upper >> 2u, scale.x),
        levels(q.z, low_upper >> 4u, scale.x), levels(q.w, low_upper >> 6u, scale.x),
        levels(high.x, high_upper, scale.y), levels(high.y, high_upper >> 2u, scale.y),
        levels(high.z, high_upper >> 4u, scale.y), levels(high.w, high_upper >> 6u, scale.y),
    );
}

fn operand(x: Block) -> Operand {
    return nibble_operand(x);
}

// What the fifth and sixth bits add to a half, of which they are 16 times as much.
fn upper_dot(upper: u32, a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32>) -> f32 {
    var sum = dot(in_place(upper, 0x03030303u), a) + 0.25 * dot(in_place(upper, 0x0C0C0C0Cu), b);
    sum += 0.0625 * dot(in_place(upper, 0x30303030u), c) + dot(in_place(upper >> 6u, 0x03030303u), d);
    return 16.0 * sum;
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    let i = row * blocks + index;
    let upper = (i >> 3u) * 21u + 5u + (i & 7u) * 2u;
    var dots = nibble_dots(quants[i], v) - 32.0 * v.sums;
    dots.x += upper_dot(scales[upper], v.x.a, v.x.b, v.x.c, v.x.d);
    // The second half is made 16 times smaller for its nibbles.
    dots.y += 16.0 * upper_dot(scales[upper + 1u], v.x.e, v.x.f, v.x.g, v.x.h);
    return dot(scale_at(i), dots);
}
