//! WebAssembly's 128 bits, with relaxed instructions where the module is built for them.
#![expect(unsafe_code, reason = "loads and stores; see the note on `unsafe` in simd.rs")]

use std::arch::wasm32::*;

use super::{Line, ROWS, Simd};

/// Four lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wasm {
    /// The relaxed product of pairs is one instruction of the processor: on x86, not on Arm.
    #[cfg(target_feature = "relaxed-simd")]
    is_quick_with_pairs: bool,
}

impl Wasm {
    /// The machine. Which processor it stands on shows in what a relaxed product makes of a second factor above 127: x86
    /// takes it as 128 to 255, Arm as -128 to -1.
    pub(super) fn find() -> Self {
        Self {
            #[cfg(target_feature = "relaxed-simd")]
            is_quick_with_pairs: i16x8_extract_lane::<0>(i16x8_relaxed_dot_i8x16_i7x16(
                i8x16_splat(std::hint::black_box(1)),
                u8x16_splat(std::hint::black_box(128)),
            )) > 0,
        }
    }

    /// Does `task` in a function of its own: one with many tasks in it keeps fewer of its sums in registers.
    #[inline(never)]
    pub(super) fn inside(self, task: impl super::Task) {
        task.run(self);
    }
}

/// Whether the module is built with relaxed instructions, among them one for four products of bytes.
const HAS_DOT: bool = cfg!(target_feature = "relaxed-simd");

/// Four words of a line, or four floats, from `at` on.
#[inline(always)]
fn load<T>(of: &[T; ROWS], at: usize) -> v128 {
    const { assert!(size_of::<T>() == 4) };
    let four: &[T; 4] = &of.as_chunks().0[at / 4];
    // SAFETY: four words are there; no alignment is asked.
    unsafe { v128_load(four.as_ptr().cast()) }
}

impl Simd for Wasm {
    const LANES: usize = 4;
    const DECODE_VECTORS: usize = 4;
    const TILE_TOKENS: usize = if HAS_DOT { 8 } else { 4 };
    const SIGNED_BIAS: i32 = 0;
    type Words = v128;
    type Floats = v128;
    /// Sums of pairs: of rows 0 and 1, and of rows 2 and 3; or whole sums in the first alone.
    type Sums = [v128; 2];
    /// The halves widened to 16 bits; or the bytes themselves in the first.
    type Level = [v128; 2];
    type Splat = v128;

    #[inline(always)]
    fn load(self, line: &Line, at: usize) -> v128 {
        load(&line.0, at)
    }

    #[inline(always)]
    fn words(self, word: u32) -> v128 {
        u32x4_splat(word)
    }

    #[inline(always)]
    fn and(self, a: v128, b: v128) -> v128 {
        v128_and(a, b)
    }

    #[inline(always)]
    fn or(self, a: v128, b: v128) -> v128 {
        v128_or(a, b)
    }

    #[inline(always)]
    fn add_words(self, a: v128, b: v128) -> v128 {
        i32x4_add(a, b)
    }

    #[inline(always)]
    fn shl(self, a: v128, by: u32) -> v128 {
        u32x4_shl(a, by)
    }

    #[inline(always)]
    fn shr(self, a: v128, by: u32) -> v128 {
        u32x4_shr(a, by)
    }

    #[inline(always)]
    fn sar(self, a: v128, by: u32) -> v128 {
        i32x4_shr(a, by)
    }

    #[inline(always)]
    fn to_floats(self, a: v128) -> v128 {
        f32x4_convert_i32x4(a)
    }

    #[inline(always)]
    fn as_floats(self, a: v128) -> v128 {
        a
    }

    #[inline(always)]
    fn as_words(self, a: v128) -> v128 {
        a
    }

    #[inline(always)]
    fn no_sums(self) -> [v128; 2] {
        [u32x4_splat(0); 2]
    }

    #[inline(always)]
    fn level(self, bytes: v128) -> [v128; 2] {
        if HAS_DOT { [bytes; 2] } else { [u16x8_extend_low_u8x16(bytes), u16x8_extend_high_u8x16(bytes)] }
    }

    #[inline(always)]
    fn level_signed(self, bytes: v128) -> [v128; 2] {
        [i16x8_extend_low_i8x16(bytes), i16x8_extend_high_i8x16(bytes)]
    }

    #[inline(always)]
    fn splat(self, bytes: u32) -> v128 {
        if HAS_DOT { u32x4_splat(bytes) } else { self.splat_signed(bytes) }
    }

    #[inline(always)]
    fn splat_signed(self, bytes: u32) -> v128 {
        i16x8_extend_low_i8x16(u32x4_splat(bytes))
    }

    #[inline(always)]
    fn dot4(self, sums: [v128; 2], level: [v128; 2], x: v128) -> [v128; 2] {
        #[cfg(target_feature = "relaxed-simd")]
        return [i32x4_relaxed_dot_i8x16_i7x16_add(x, level[0], sums[0]), sums[1]];
        #[cfg(not(target_feature = "relaxed-simd"))]
        self.dot4_signed(sums, level, x)
    }

    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn is_quick_with_nibbles(self) -> bool {
        self.is_quick_with_pairs
    }

    // Eight times two products of at most 15 * 127 stay below 32,767.
    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn dot4_nibbles(self, sums: [v128; 2], level: [v128; 2], x: v128) -> [v128; 2] {
        [i16x8_add(sums[0], i16x8_relaxed_dot_i8x16_i7x16(x, level[0])), sums[1]]
    }

    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn lanes_of_nibbles(self, sums: [v128; 2]) -> v128 {
        i32x4_extadd_pairwise_i16x8(sums[0])
    }

    // The relaxed product takes one factor below 128 only: signed weights would have to be split from their signs, which
    // costs more than it saves.
    #[inline(always)]
    fn dot4_signed(self, sums: [v128; 2], level: [v128; 2], x: v128) -> [v128; 2] {
        [i32x4_add(sums[0], i32x4_dot_i16x8(level[0], x)), i32x4_add(sums[1], i32x4_dot_i16x8(level[1], x))]
    }

    #[inline(always)]
    fn lanes(self, sums: [v128; 2]) -> v128 {
        if HAS_DOT { sums[0] } else { self.lanes_signed(sums) }
    }

    #[inline(always)]
    fn lanes_signed(self, sums: [v128; 2]) -> v128 {
        let [a, b] = sums;
        i32x4_add(i32x4_shuffle::<0, 2, 4, 6>(a, b), i32x4_shuffle::<1, 3, 5, 7>(a, b))
    }

    #[inline(always)]
    fn floats(self, value: f32) -> v128 {
        f32x4_splat(value)
    }

    #[inline(always)]
    fn load_floats(self, from: &[f32; ROWS], at: usize) -> v128 {
        load(from, at)
    }

    #[inline(always)]
    fn store(self, a: v128, to: &mut [f32; ROWS], at: usize) {
        let four: &mut [f32; 4] = &mut to.as_chunks_mut().0[at / 4];
        // SAFETY: there is room for four words; no alignment is asked.
        unsafe { v128_store(four.as_mut_ptr().cast(), a) }
    }

    #[inline(always)]
    fn add(self, a: v128, b: v128) -> v128 {
        f32x4_add(a, b)
    }

    #[inline(always)]
    fn sub(self, a: v128, b: v128) -> v128 {
        f32x4_sub(a, b)
    }

    #[inline(always)]
    fn mul(self, a: v128, b: v128) -> v128 {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    fn div(self, a: v128, b: v128) -> v128 {
        f32x4_div(a, b)
    }

    #[inline(always)]
    fn mul_add(self, a: v128, b: v128, c: v128) -> v128 {
        #[cfg(target_feature = "relaxed-simd")]
        return f32x4_relaxed_madd(a, b, c);
        #[cfg(not(target_feature = "relaxed-simd"))]
        f32x4_add(f32x4_mul(a, b), c)
    }

    #[inline(always)]
    fn max(self, a: v128, b: v128) -> v128 {
        f32x4_pmax(a, b)
    }

    #[inline(always)]
    fn min(self, a: v128, b: v128) -> v128 {
        f32x4_pmin(a, b)
    }
}
