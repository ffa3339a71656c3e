// weight_q8: 32 signed bytes and one f16 scale a block; value = scale * q. A row's scales are padded to whole words.

@group(0) @binding(2) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;

fn signed_bytes(word: u32, scale: f32) -> vec4<f32> {
    return scale * vec4<f32>(unpack4xI8(word));
}

// Block `index` of `row`, of `blocks` in a row.
fn weight_block(row: u32, index: u32, blocks: u32) -> Block {
    let pair = unpack2x16float(scales[row * ((blocks + 1u) / 2u) + index / 2u]);
    let scale = select(pair.x, pair.y, (index & 1u) == 1u);
    let i = (row * blocks + index) * 2u;
    let p = quants[i];
    let q = quants[i + 1u];
    return Block(
        signed_bytes(p.x, scale), signed_bytes(p.y, scale), signed_bytes(p.z, scale), signed_bytes(p.w, scale),
        signed_bytes(q.x, scale), signed_bytes(q.y, scale), signed_bytes(q.z, scale), signed_bytes(q.w, scale),
    );
}
