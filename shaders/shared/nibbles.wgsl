// nibbles: parts of bytes as floats. They stay where they are in their word, a power of two too large, and what they meet
// is made as much smaller: no digit changes, and no shift is needed. Programs that stand in for a GPU are slow at shifts,
// and at divisions slower still.

const PLACES = vec4(1.0, 0x1p-8, 0x1p-16, 0x1p-24);

// The bits of `mask` in each byte, that of the uppermost below its sign.
fn in_place(word: u32, mask: u32) -> vec4<f32> {
    let masks = vec4(0xFFu, 0xFF00u, 0xFF0000u, 0xFF000000u) & vec4(mask);
    return vec4<f32>(bitcast<vec4<i32>>(vec4(word) & masks));
}

fn low_nibbles(word: u32) -> vec4<f32> {
    return vec4<f32>(bitcast<vec4<i32>>(vec4(word) & vec4(0xFu, 0xF00u, 0xF0000u, 0xF000000u)));
}

// 16 times too large as well; the uppermost has the sign's place, and is 8 too small.
fn high_nibbles(word: u32) -> vec4<f32> {
    let toggled = vec4(word ^ 0x80000000u);
    return vec4<f32>(bitcast<vec4<i32>>(toggled & vec4(0xF0u, 0xF000u, 0xF00000u, 0xF0000000u)));
}

fn nibble_operand(x: Block) -> Operand {
    let low = PLACES;
    let high = 0x1p-4 * PLACES;
    let ones = vec4(1.0);
    let sums = vec2(dot(x.a + x.b + x.c + x.d, ones), dot(x.e + x.f + x.g + x.h, ones));
    let placed = Block(
        x.a * low, x.b * low, x.c * low, x.d * low,
        x.e * high, x.f * high, x.g * high, x.h * high,
    );
    return Operand(placed, sums, 8.0 * (x.e.w + x.f.w + x.g.w + x.h.w));
}

// Of each half of a block.
fn nibble_dots(q: vec4<u32>, v: Operand) -> vec2<f32> {
    var low = dot(low_nibbles(q.x), v.x.a) + dot(low_nibbles(q.y), v.x.b);
    low += dot(low_nibbles(q.z), v.x.c) + dot(low_nibbles(q.w), v.x.d);
    var high = dot(high_nibbles(q.x), v.x.e) + dot(high_nibbles(q.y), v.x.f);
    high += dot(high_nibbles(q.z), v.x.g) + dot(high_nibbles(q.w), v.x.h);
    return vec2(low, high + v.tops);
}

// scale * nibble + offset.
fn nibble_block(q: vec4<u32>, scale: f32, offset: f32) -> Block {
    let low = scale * PLACES;
    let high = 0x1p-4 * low;
    let offsets = vec4(offset, offset, offset, offset + 8.0 * scale);
    return Block(
        low_nibbles(q.x) * low + offset, low_nibbles(q.y) * low + offset,
        low_nibbles(q.z) * low + offset, low_nibbles(q.w) * low + offset,
        high_nibbles(q.x) * high + offsets, high_nibbles(q.y) * high + offsets,
        high_nibbles(q.z) * high + offsets, high_nibbles(q.w) * high + offsets,
    );
}

// The fifth bits of four neighbours are the lowest of the bytes of `fifth`, those of the next four the next: what 16 times
// them adds to each half.
fn fifth_dots(fifth: u32, v: Operand) -> vec2<f32> {
    var low = 16.0 * dot(in_place(fifth, 0x01010101u), v.x.a) + 8.0 * dot(in_place(fifth, 0x02020202u), v.x.b);
    low += 4.0 * dot(in_place(fifth, 0x04040404u), v.x.c) + 2.0 * dot(in_place(fifth, 0x08080808u), v.x.d);
    var high = 16.0 * dot(in_place(fifth, 0x10101010u), v.x.e) + 8.0 * dot(in_place(fifth, 0x20202020u), v.x.f);
    high += 4.0 * dot(in_place(fifth, 0x40404040u), v.x.g) + 256.0 * dot(in_place(fifth >> 7u, 0x01010101u), v.x.h);
    return vec2(low, high);
}
