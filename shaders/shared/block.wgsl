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
