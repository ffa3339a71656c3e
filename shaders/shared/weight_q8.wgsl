// weight_q8: 32 signed bytes and one f16 scale a block; value = scale * q. A row's scales are padded to whole words.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

// 2^24 times as large: each byte brought to the sign's place by a product, which every adapter is fast at.
fn signed_bytes(word: u32) -> vec4<f32> {
    let raised = word * vec4(0x1000000u, 0x10000u, 0x100u, 1u);
    return vec4<f32>(bitcast<vec4<i32>>(raised & vec4(0xFF000000u)));
}

// Made as much smaller.
fn scale_at(row: u32, index: u32, blocks: u32) -> f32 {
    let pair = unpack2x16float(scales[row * ((blocks + 1u) >> 1u) + (index >> 1u)]);
    return 0x1p-24 * select(pair.x, pair.y, (index & 1u) == 1u);
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let scale = scale_at(row, index, blocks);
    let i = (row * blocks + index) * 2u;
    let p = quants[i];
    let q = quants[i + 1u];
    return Block(
        scale * signed_bytes(p.x), scale * signed_bytes(p.y), scale * signed_bytes(p.z), scale * signed_bytes(p.w),
        scale * signed_bytes(q.x), scale * signed_bytes(q.y), scale * signed_bytes(q.z), scale * signed_bytes(q.w),
    );
}

fn operand(x: Block) -> Operand {
    return plain_operand(x);
}

// That block times `v`.
fn weight_dot(row: u32, index: u32, blocks: u32, v: Operand) -> f32 {
    let i = (row * blocks + index) * 2u;
    let p = quants[i];
    let q = quants[i + 1u];
    var sum = dot(signed_bytes(p.x), v.x.a) + dot(signed_bytes(p.y), v.x.b);
    sum += dot(signed_bytes(p.z), v.x.c) + dot(signed_bytes(p.w), v.x.d);
    sum += dot(signed_bytes(q.x), v.x.e) + dot(signed_bytes(q.y), v.x.f);
    sum += dot(signed_bytes(q.z), v.x.g) + dot(signed_bytes(q.w), v.x.h);
    return scale_at(row, index, blocks) * sum;
}
