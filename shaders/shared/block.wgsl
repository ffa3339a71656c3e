// block: 32 neighbouring elements of a row, the unit in which weights are packed.

struct Block {
    a: vec4<f32>,
    b: vec4<f32>,
    c: vec4<f32>,
    d: vec4<f32>,
    e: vec4<f32>,
    f: vec4<f32>,
    g: vec4<f32>,
    h: vec4<f32>,
}

fn dot_block(w: Block, x: Block) -> f32 {
    var sum = dot(w.a, x.a) + dot(w.b, x.b);
    sum += dot(w.c, x.c) + dot(w.d, x.d);
    sum += dot(w.e, x.e) + dot(w.f, x.f);
    sum += dot(w.g, x.g) + dot(w.h, x.h);
    return sum;
}

// A block of activations as a weight type wants to meet it: made once, met by many rows.
struct Operand {
    x: Block,
    sums: vec2<f32>, // of the activations of each half
    tops: f32, // 8 times the sum of every fourth of the second half
}

fn plain_operand(x: Block) -> Operand {
    return Operand(x, vec2<f32>(), 0.0);
}
