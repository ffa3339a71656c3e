// normed: a token's residual in blocks, and the norm's weight upon them; the norm's root meets the finished sum.
// Appended after a kernel that binds x and weight, and whose Params say blocks.

fn x_block(token: u32, index: u32) -> Block {
    let i = (token * params.blocks + index) * 8u;
    return Block(x[i], x[i + 1u], x[i + 2u], x[i + 3u], x[i + 4u], x[i + 5u], x[i + 6u], x[i + 7u]);
}

fn weighted(v: Block, index: u32) -> Block {
    let i = index * 8u;
    return Block(
        v.a * weight[i], v.b * weight[i + 1u], v.c * weight[i + 2u], v.d * weight[i + 3u],
        v.e * weight[i + 4u], v.f * weight[i + 5u], v.g * weight[i + 6u], v.h * weight[i + 7u],
    );
}
