// philox: a number that depends on nothing but a counter and a seed.
// Source: Salmon et al. 2011, Philox2x32 with ten rounds; the upper 24 bits of the first word.

// The upper word of a product.
fn upper(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}

// In [0, 1), in steps of 2^-24.
fn philox(counter_low: u32, counter_high: u32, seed: u32) -> f32 {
    var left = counter_low;
    var right = counter_high;
    var key = seed;
    for (var round = 0u; round < 10u; round += 1u) {
        let product = left * 0xd256d193u;
        left = upper(left, 0xd256d193u) ^ key ^ right;
        right = product;
        key += 0x9e3779b9u;
    }
    return f32(left >> 8u) * 5.9604644775390625e-8;
}
