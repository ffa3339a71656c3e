//! AVX-512 with VNNI, and AVX2.
#![expect(unsafe_code, reason = "intrinsics; see the note on `unsafe` in simd.rs")]

use std::arch::x86_64::*;

use super::{Line, ROWS, Simd};

/// Sixteen lanes: F, BW, VL and VNNI.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

/// Eight lanes: AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx512 {
    /// The machine, where the processor is one.
    pub(super) fn find() -> Option<Self> {
        let has_all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        has_all.then_some(Self(()))
    }

    /// Calls `f` where these instructions may be inlined.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    pub(super) fn inside<T: super::Task>(self, task: T) {
        task.run(self);
    }
}

impl Avx2 {
    /// The machine, where the processor is one.
    pub(super) fn find() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }

    /// Calls `f` where these instructions may be inlined.
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn inside<T: super::Task>(self, task: T) {
        task.run(self);
    }
}

/// Eight words of a line, or eight floats, from `at` on.
#[inline(always)]
fn half<T>(of: &[T; ROWS], at: usize) -> &[T; 8] {
    if at == 0 { of.first_chunk() } else { of.last_chunk() }.expect("16 are 8 and 8")
}

#[inline(always)]
fn half_mut<T>(of: &mut [T; ROWS], at: usize) -> &mut [T; 8] {
    if at == 0 { of.first_chunk_mut() } else { of.last_chunk_mut() }.expect("16 are 8 and 8")
}

/// An operation of the machine, as the intrinsics that make it.
macro_rules! operations {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty { $($body:tt)* })*) => {
        $(
            #[inline(always)]
            fn $name(self $(, $argument: $kind)*) -> $result {
                // SAFETY: a value of this type exists only where `find` has seen the instructions; memory is reached
                // through references to whole vectors.
                unsafe { $($body)* }
            }
        )*
    };
}

impl Simd for Avx512 {
    const LANES: usize = 16;
    const DECODE_VECTORS: usize = 1;
    const TILE_TOKENS: usize = 8;
    const SIGNED_BIAS: i32 = 128;
    type Words = __m512i;
    type Floats = __m512;
    type Sums = __m512i;
    type Level = __m512i;
    type Splat = __m512i;

    operations! {
        load(line: &Line, _at: usize) -> __m512i { _mm512_load_si512(line.0.as_ptr().cast()) }
        words(word: u32) -> __m512i { _mm512_set1_epi32(word as i32) }
        and(a: __m512i, b: __m512i) -> __m512i { _mm512_and_si512(a, b) }
        or(a: __m512i, b: __m512i) -> __m512i { _mm512_or_si512(a, b) }
        add_words(a: __m512i, b: __m512i) -> __m512i { _mm512_add_epi32(a, b) }
        shl(a: __m512i, by: u32) -> __m512i { _mm512_sll_epi32(a, _mm_cvtsi32_si128(by as i32)) }
        shr(a: __m512i, by: u32) -> __m512i { _mm512_srl_epi32(a, _mm_cvtsi32_si128(by as i32)) }
        sar(a: __m512i, by: u32) -> __m512i { _mm512_sra_epi32(a, _mm_cvtsi32_si128(by as i32)) }
        to_floats(a: __m512i) -> __m512 { _mm512_cvtepi32_ps(a) }
        as_floats(a: __m512i) -> __m512 { _mm512_castsi512_ps(a) }
        as_words(a: __m512) -> __m512i { _mm512_castps_si512(a) }
        level_signed(bytes: __m512i) -> __m512i { _mm512_xor_si512(bytes, _mm512_set1_epi8(-128)) }
        no_sums() -> __m512i { _mm512_setzero_si512() }
        dot4(sums: __m512i, level: __m512i, x: __m512i) -> __m512i { _mm512_dpbusd_epi32(sums, level, x) }
        dot4_signed(sums: __m512i, level: __m512i, x: __m512i) -> __m512i {
            _mm512_dpbusd_epi32(sums, level, x)
        }
        floats(value: f32) -> __m512 { _mm512_set1_ps(value) }
        load_floats(from: &[f32; ROWS], _at: usize) -> __m512 { _mm512_loadu_ps(from.as_ptr()) }
        store(a: __m512, to: &mut [f32; ROWS], _at: usize) -> () { _mm512_storeu_ps(to.as_mut_ptr(), a) }
        add(a: __m512, b: __m512) -> __m512 { _mm512_add_ps(a, b) }
        sub(a: __m512, b: __m512) -> __m512 { _mm512_sub_ps(a, b) }
        mul(a: __m512, b: __m512) -> __m512 { _mm512_mul_ps(a, b) }
        div(a: __m512, b: __m512) -> __m512 { _mm512_div_ps(a, b) }
        mul_add(a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fmadd_ps(a, b, c) }
        max(a: __m512, b: __m512) -> __m512 { _mm512_max_ps(a, b) }
        min(a: __m512, b: __m512) -> __m512 { _mm512_min_ps(a, b) }
    }

    #[inline(always)]
    fn level(self, bytes: __m512i) -> __m512i {
        bytes
    }

    #[inline(always)]
    fn splat(self, bytes: u32) -> __m512i {
        self.words(bytes)
    }

    #[inline(always)]
    fn splat_signed(self, bytes: u32) -> __m512i {
        self.words(bytes)
    }

    #[inline(always)]
    fn lanes(self, sums: __m512i) -> __m512i {
        sums
    }

    #[inline(always)]
    fn lanes_signed(self, sums: __m512i) -> __m512i {
        sums
    }
}

impl Simd for Avx2 {
    const LANES: usize = 8;
    const DECODE_VECTORS: usize = 2;
    const TILE_TOKENS: usize = 4;
    const SIGNED_BIAS: i32 = 0;
    type Words = __m256i;
    type Floats = __m256;
    type Sums = __m256i;
    /// Their magnitudes and, where they are signed, themselves.
    type Level = [__m256i; 2];
    type Splat = __m256i;

    operations! {
        load(line: &Line, at: usize) -> __m256i { _mm256_load_si256(half(&line.0, at).as_ptr().cast()) }
        words(word: u32) -> __m256i { _mm256_set1_epi32(word as i32) }
        and(a: __m256i, b: __m256i) -> __m256i { _mm256_and_si256(a, b) }
        or(a: __m256i, b: __m256i) -> __m256i { _mm256_or_si256(a, b) }
        add_words(a: __m256i, b: __m256i) -> __m256i { _mm256_add_epi32(a, b) }
        shl(a: __m256i, by: u32) -> __m256i { _mm256_sll_epi32(a, _mm_cvtsi32_si128(by as i32)) }
        shr(a: __m256i, by: u32) -> __m256i { _mm256_srl_epi32(a, _mm_cvtsi32_si128(by as i32)) }
        sar(a: __m256i, by: u32) -> __m256i { _mm256_sra_epi32(a, _mm_cvtsi32_si128(by as i32)) }
        to_floats(a: __m256i) -> __m256 { _mm256_cvtepi32_ps(a) }
        as_floats(a: __m256i) -> __m256 { _mm256_castsi256_ps(a) }
        as_words(a: __m256) -> __m256i { _mm256_castps_si256(a) }
        level_signed(bytes: __m256i) -> [__m256i; 2] { [_mm256_abs_epi8(bytes), bytes] }
        no_sums() -> __m256i { _mm256_setzero_si256() }
        // Two products of at most 127 * 127 stay below the 32,767 at which pairs are cut off.
        dot4(sums: __m256i, level: [__m256i; 2], x: __m256i) -> __m256i {
            _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_maddubs_epi16(level[0], x), _mm256_set1_epi16(1)))
        }
        dot4_signed(sums: __m256i, level: [__m256i; 2], x: __m256i) -> __m256i {
            let pairs = _mm256_maddubs_epi16(level[0], _mm256_sign_epi8(x, level[1]));
            _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        }
        // Eight times two products of at most 15 * 127 stay below it too.
        dot4_nibbles(sums: __m256i, level: [__m256i; 2], x: __m256i) -> __m256i {
            _mm256_add_epi16(sums, _mm256_maddubs_epi16(level[0], x))
        }
        lanes_of_nibbles(sums: __m256i) -> __m256i { _mm256_madd_epi16(sums, _mm256_set1_epi16(1)) }
        floats(value: f32) -> __m256 { _mm256_set1_ps(value) }
        load_floats(from: &[f32; ROWS], at: usize) -> __m256 { _mm256_loadu_ps(half(from, at).as_ptr()) }
        store(a: __m256, to: &mut [f32; ROWS], at: usize) -> () {
            _mm256_storeu_ps(half_mut(to, at).as_mut_ptr(), a)
        }
        add(a: __m256, b: __m256) -> __m256 { _mm256_add_ps(a, b) }
        sub(a: __m256, b: __m256) -> __m256 { _mm256_sub_ps(a, b) }
        mul(a: __m256, b: __m256) -> __m256 { _mm256_mul_ps(a, b) }
        div(a: __m256, b: __m256) -> __m256 { _mm256_div_ps(a, b) }
        mul_add(a: __m256, b: __m256, c: __m256) -> __m256 { _mm256_fmadd_ps(a, b, c) }
        max(a: __m256, b: __m256) -> __m256 { _mm256_max_ps(a, b) }
        min(a: __m256, b: __m256) -> __m256 { _mm256_min_ps(a, b) }
    }

    #[inline(always)]
    fn is_quick_with_nibbles(self) -> bool {
        true
    }

    #[inline(always)]
    fn level(self, bytes: __m256i) -> [__m256i; 2] {
        [bytes; 2]
    }

    #[inline(always)]
    fn splat(self, bytes: u32) -> __m256i {
        self.words(bytes)
    }

    #[inline(always)]
    fn splat_signed(self, bytes: u32) -> __m256i {
        self.words(bytes)
    }

    #[inline(always)]
    fn lanes(self, sums: __m256i) -> __m256i {
        sums
    }

    #[inline(always)]
    fn lanes_signed(self, sums: __m256i) -> __m256i {
        sums
    }
}
