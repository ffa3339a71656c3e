// sampling: how a token is chosen, and logits as integers of the same order.

const TILE = 256u;

struct Sampling {
    vocab_size: u32, // V
    tiles: u32, // V / TILE, rounded up
    biases: u32,
    temperature: f32, // 0: the largest
    repetition_penalty: f32, // 1: none
    top_k: u32, // 0: all
    top_p: f32, // 1: all
    ln_min_p: f32, // above 0: all
    seed_low: u32,
    seed_high: u32,
}

struct Candidate {
    key: u32,
    id: u32,
    sum: f32, // of the weights up to here; the tile's first has weight 1
}

struct Tile {
    key: u32,
    id: u32,
    is_broken: u32, // one of its logits is not finite
}

@group(0) @binding(0) var<uniform> sampling: Sampling;

// Smaller for smaller numbers; 0 for no number at all.
fn key_of(value: f32) -> u32 {
    let bits = bitcast<u32>(value);
    return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn value_of(key: u32) -> f32 {
    return bitcast<f32>(select(~key, key & 0x7fffffffu, (key & 0x80000000u) != 0u));
}
