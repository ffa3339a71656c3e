// rope: a head of halves a and b turned by its position, the scale of its norm, the temperature of a query.
// Appended after a kernel whose Params say use_rope, use_qk_norm, eps, floor_scale and attn_scale, and that binds angles.

struct Halves {
    a: vec4<f32>,
    b: vec4<f32>,
}

// Dimensions 4c to 4c + 3 of both halves, of `half` vec4 each.
fn turn(head: Halves, position: u32, half: u32, c: u32) -> Halves {
    if params.use_rope == 0u {
        return head;
    }
    let low = angles[(position * half + c) * 2u];
    let high = angles[(position * half + c) * 2u + 1u];
    let cosine = vec4(low.xz, high.xz);
    let sine = vec4(low.yw, high.yw);
    return Halves(head.a * cosine - head.b * sine, head.b * cosine + head.a * sine);
}

// Of the sum of squares of `size` dimensions: turning keeps it.
fn norm_scale(squares: f32, size: u32) -> f32 {
    if params.use_qk_norm == 0u {
        return 1.0;
    }
    return inverseSqrt(squares / f32(size) + params.eps);
}

fn temperature(position: u32) -> f32 {
    if params.floor_scale == 0u {
        return 1.0;
    }
    return log(1.0 + f32((position + 1u) / params.floor_scale)) * params.attn_scale + 1.0;
}
