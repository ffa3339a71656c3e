//! The machine in plain Rust: what runs where no other is known, and what the others are held against.

use std::array::from_fn;

use super::{Line, ROWS, Simd};

/// Sixteen lanes in arrays; a compiler makes of them what it can.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

type Words = [u32; ROWS];
type Floats = [f32; ROWS];

#[inline(always)]
fn each<T: Copy, R>(a: [T; ROWS], f: impl Fn(T) -> R) -> [R; ROWS] {
    from_fn(|lane| f(a[lane]))
}

#[inline(always)]
fn both<T: Copy, R>(a: [T; ROWS], b: [T; ROWS], f: impl Fn(T, T) -> R) -> [R; ROWS] {
    from_fn(|lane| f(a[lane], b[lane]))
}

/// Four products of bytes, the first factors read as signed.
#[inline(always)]
fn dot(sum: u32, level: u32, x: [i32; 4]) -> u32 {
    let level = level.to_le_bytes().map(|byte| i32::from(byte as i8));
    let products = level[0] * x[0] + level[1] * x[1] + level[2] * x[2] + level[3] * x[3];
    sum.wrapping_add(products as u32)
}

impl Simd for Portable {
    const LANES: usize = ROWS;
    const DECODE_VECTORS: usize = 1;
    const TILE_TOKENS: usize = 4;
    const SIGNED_BIAS: i32 = 0;
    type Words = Words;
    type Floats = Floats;
    type Sums = Words;
    type Level = Words;
    type Splat = [i32; 4];

    #[inline(always)]
    fn load(self, line: &Line, _: usize) -> Words {
        line.0
    }

    #[inline(always)]
    fn words(self, word: u32) -> Words {
        [word; ROWS]
    }

    #[inline(always)]
    fn and(self, a: Words, b: Words) -> Words {
        both(a, b, |a, b| a & b)
    }

    #[inline(always)]
    fn or(self, a: Words, b: Words) -> Words {
        both(a, b, |a, b| a | b)
    }

    #[inline(always)]
    fn add_words(self, a: Words, b: Words) -> Words {
        both(a, b, u32::wrapping_add)
    }

    #[inline(always)]
    fn shl(self, a: Words, by: u32) -> Words {
        each(a, |a| a << by)
    }

    #[inline(always)]
    fn shr(self, a: Words, by: u32) -> Words {
        each(a, |a| a >> by)
    }

    #[inline(always)]
    fn sar(self, a: Words, by: u32) -> Words {
        each(a, |a| (a as i32 >> by) as u32)
    }

    #[inline(always)]
    fn to_floats(self, a: Words) -> Floats {
        each(a, |a| a as i32 as f32)
    }

    #[inline(always)]
    fn as_floats(self, a: Words) -> Floats {
        each(a, f32::from_bits)
    }

    #[inline(always)]
    fn as_words(self, a: Floats) -> Words {
        each(a, f32::to_bits)
    }

    #[inline(always)]
    fn no_sums(self) -> Words {
        [0; ROWS]
    }

    #[inline(always)]
    fn level(self, bytes: Words) -> Words {
        bytes
    }

    #[inline(always)]
    fn level_signed(self, bytes: Words) -> Words {
        bytes
    }

    #[inline(always)]
    fn splat(self, bytes: u32) -> [i32; 4] {
        bytes.to_le_bytes().map(|byte| i32::from(byte as i8))
    }

    #[inline(always)]
    fn splat_signed(self, bytes: u32) -> [i32; 4] {
        self.splat(bytes)
    }

    #[inline(always)]
    fn dot4(self, sums: Words, level: Words, x: [i32; 4]) -> Words {
        both(sums, level, |sum, level| dot(sum, level, x))
    }

    #[inline(always)]
    fn dot4_signed(self, sums: Words, level: Words, x: [i32; 4]) -> Words {
        self.dot4(sums, level, x)
    }

    #[inline(always)]
    fn lanes(self, sums: Words) -> Words {
        sums
    }

    #[inline(always)]
    fn lanes_signed(self, sums: Words) -> Words {
        sums
    }

    #[inline(always)]
    fn floats(self, value: f32) -> Floats {
        [value; ROWS]
    }

    #[inline(always)]
    fn load_floats(self, from: &[f32; ROWS], _: usize) -> Floats {
        *from
    }

    #[inline(always)]
    fn store(self, a: Floats, to: &mut [f32; ROWS], _: usize) {
        *to = a;
    }

    #[inline(always)]
    fn add(self, a: Floats, b: Floats) -> Floats {
        both(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: Floats, b: Floats) -> Floats {
        both(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: Floats, b: Floats) -> Floats {
        both(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, a: Floats, b: Floats) -> Floats {
        both(a, b, |a, b| a / b)
    }

    #[inline(always)]
    fn mul_add(self, a: Floats, b: Floats, c: Floats) -> Floats {
        from_fn(|lane| a[lane] * b[lane] + c[lane])
    }

    #[inline(always)]
    fn max(self, a: Floats, b: Floats) -> Floats {
        both(a, b, f32::max)
    }

    #[inline(always)]
    fn min(self, a: Floats, b: Floats) -> Floats {
        both(a, b, f32::min)
    }
}
