//! NEON, which every 64-bit Arm has.
#![expect(unsafe_code, reason = "intrinsics; see the note on `unsafe` in simd.rs")]

use std::arch::aarch64::*;

use super::{Line, ROWS, Simd};

/// Four lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon;

/// Four words of a line, or four floats, from `at` on.
#[inline(always)]
fn quarter<T>(of: &[T; ROWS], at: usize) -> &[T; 4] {
    &of.as_chunks().0[at / 4]
}

/// An operation of the machine, as the intrinsics that make it.
macro_rules! operations {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty { $($body:tt)* })*) => {
        $(
            #[inline(always)]
            fn $name(self $(, $argument: $kind)*) -> $result {
                // SAFETY: the instructions are part of the architecture; memory is reached through references to whole
                // vectors.
                unsafe { $($body)* }
            }
        )*
    };
}

impl Simd for Neon {
    const LANES: usize = 4;
    const DECODE_VECTORS: usize = 4;
    const TILE_TOKENS: usize = 4;
    const SIGNED_BIAS: i32 = 0;
    type Words = uint32x4_t;
    type Floats = float32x4_t;
    /// Sums of pairs: of rows 0 and 1, and of rows 2 and 3.
    type Sums = [int32x4_t; 2];
    type Level = int8x16_t;
    /// Four bytes, twice.
    type Splat = int8x8_t;

    operations! {
        load(line: &Line, at: usize) -> uint32x4_t { vld1q_u32(quarter(&line.0, at).as_ptr()) }
        words(word: u32) -> uint32x4_t { vdupq_n_u32(word) }
        and(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t { vandq_u32(a, b) }
        or(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t { vorrq_u32(a, b) }
        add_words(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t { vaddq_u32(a, b) }
        shl(a: uint32x4_t, by: u32) -> uint32x4_t { vshlq_u32(a, vdupq_n_s32(by as i32)) }
        shr(a: uint32x4_t, by: u32) -> uint32x4_t { vshlq_u32(a, vdupq_n_s32(-(by as i32))) }
        sar(a: uint32x4_t, by: u32) -> uint32x4_t {
            vreinterpretq_u32_s32(vshlq_s32(vreinterpretq_s32_u32(a), vdupq_n_s32(-(by as i32))))
        }
        to_floats(a: uint32x4_t) -> float32x4_t { vcvtq_f32_s32(vreinterpretq_s32_u32(a)) }
        as_floats(a: uint32x4_t) -> float32x4_t { vreinterpretq_f32_u32(a) }
        as_words(a: float32x4_t) -> uint32x4_t { vreinterpretq_u32_f32(a) }
        no_sums() -> [int32x4_t; 2] { [vdupq_n_s32(0); 2] }
        level(bytes: uint32x4_t) -> int8x16_t { vreinterpretq_s8_u32(bytes) }
        level_signed(bytes: uint32x4_t) -> int8x16_t { vreinterpretq_s8_u32(bytes) }
        splat(bytes: u32) -> int8x8_t { vreinterpret_s8_u32(vdup_n_u32(bytes)) }
        dot4(sums: [int32x4_t; 2], level: int8x16_t, x: int8x8_t) -> [int32x4_t; 2] {
            [
                vpadalq_s16(sums[0], vmull_s8(vget_low_s8(level), x)),
                vpadalq_s16(sums[1], vmull_s8(vget_high_s8(level), x)),
            ]
        }
        lanes(sums: [int32x4_t; 2]) -> uint32x4_t { vreinterpretq_u32_s32(vpaddq_s32(sums[0], sums[1])) }
        floats(value: f32) -> float32x4_t { vdupq_n_f32(value) }
        load_floats(from: &[f32; ROWS], at: usize) -> float32x4_t { vld1q_f32(quarter(from, at).as_ptr()) }
        store(a: float32x4_t, to: &mut [f32; ROWS], at: usize) -> () {
            let four: &mut [f32; 4] = &mut to.as_chunks_mut().0[at / 4];
            vst1q_f32(four.as_mut_ptr(), a);
        }
        add(a: float32x4_t, b: float32x4_t) -> float32x4_t { vaddq_f32(a, b) }
        sub(a: float32x4_t, b: float32x4_t) -> float32x4_t { vsubq_f32(a, b) }
        mul(a: float32x4_t, b: float32x4_t) -> float32x4_t { vmulq_f32(a, b) }
        div(a: float32x4_t, b: float32x4_t) -> float32x4_t { vdivq_f32(a, b) }
        mul_add(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t { vfmaq_f32(c, a, b) }
        max(a: float32x4_t, b: float32x4_t) -> float32x4_t { vmaxq_f32(a, b) }
        min(a: float32x4_t, b: float32x4_t) -> float32x4_t { vminq_f32(a, b) }
    }

    #[inline(always)]
    fn dot4_signed(self, sums: [int32x4_t; 2], level: int8x16_t, x: int8x8_t) -> [int32x4_t; 2] {
        self.dot4(sums, level, x)
    }

    #[inline(always)]
    fn lanes_signed(self, sums: [int32x4_t; 2]) -> uint32x4_t {
        self.lanes(sums)
    }

    #[inline(always)]
    fn splat_signed(self, bytes: u32) -> int8x8_t {
        self.splat(bytes)
    }
}
