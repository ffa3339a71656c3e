//! The one vector machine that the kernels are written for, and the instruction sets that are it.
//!
//! A kernel is one generic function over [`Simd`]; [`Machine::run`] gives it the widest set that this processor has, so
//! that it is compiled once for each and always inlined there. All `unsafe` of the crate is in the files below this one, and
//! is of two kinds: calling an instruction that [`Machine::find`] has seen the processor to have (a value of the set's
//! type is the proof: nobody else makes one), and loading or storing through a reference whose type says its length.
//! `Portable` is the same machine in plain Rust; the tests hold every other one against it. A module of WebAssembly is
//! built for 128 bits and needs none.

mod machine;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(not(target_arch = "wasm32"))]
mod portable;
#[cfg(target_arch = "wasm32")]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use machine::{Machine, Task};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use portable::Portable;

use bytemuck::{Pod, Zeroable};

/// Rows that stand side by side.
pub(crate) const ROWS: usize = 16;

/// Added to a small float, it leaves the nearest integer in the lowest bits.
pub(crate) const TO_INTEGER: f32 = 12_582_912.0;

/// One 32-bit word of each of 16 rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
#[repr(C, align(64))]
pub(crate) struct Line(pub(crate) [u32; ROWS]);

/// A vector machine: `LANES` words at once, each of another row.
///
/// A word holds a float, an integer, or four bytes that stand side by side in their row.
pub(crate) trait Simd: Copy {
    /// How many words a vector has: a divisor of 16.
    const LANES: usize;
    /// Vectors that a kernel takes at once for one token, so that their sums stay in registers.
    const DECODE_VECTORS: usize;
    /// Tokens that it takes at once where there are many.
    const TILE_TOKENS: usize;
    /// By how much [`Simd::dot4_signed`] takes each weight larger than it is.
    const SIGNED_BIAS: i32;
    /// A vector of integers.
    type Words: Copy;
    /// A vector of floats.
    type Floats: Copy;
    /// Sums of products of bytes, not yet one a lane.
    type Sums: Copy;
    /// Bytes of weights, ready to be multiplied.
    type Level: Copy;
    /// Four bytes of activations, ready to be multiplied with every lane's.
    type Splat: Copy;

    /// Lanes `at..at + LANES` of a line.
    fn load(self, line: &Line, at: usize) -> Self::Words;
    /// The same word in all lanes.
    fn words(self, word: u32) -> Self::Words;
    /// Bits that both have.
    fn and(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// Bits that one of them has.
    fn or(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// Wrapping sum.
    fn add_words(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// Bits moved up by `by`.
    fn shl(self, a: Self::Words, by: u32) -> Self::Words;
    /// Bits moved down by `by`, zeros behind them.
    fn shr(self, a: Self::Words, by: u32) -> Self::Words;
    /// Bits moved down by `by`, the sign behind them.
    fn sar(self, a: Self::Words, by: u32) -> Self::Words;
    /// Signed integers as the floats of the same value.
    fn to_floats(self, a: Self::Words) -> Self::Floats;
    /// The floats that these bits are.
    fn as_floats(self, a: Self::Words) -> Self::Floats;
    /// The bits that these floats are.
    fn as_words(self, a: Self::Floats) -> Self::Words;

    /// No products yet.
    fn no_sums(self) -> Self::Sums;
    /// Weights made ready: bytes of 0 to 127.
    fn level(self, bytes: Self::Words) -> Self::Level;
    /// Weights made ready: bytes of -127 to 127.
    fn level_signed(self, bytes: Self::Words) -> Self::Level;
    /// Activations made ready: four signed bytes.
    fn splat(self, bytes: u32) -> Self::Splat;
    /// The same for [`Simd::dot4_signed`].
    fn splat_signed(self, bytes: u32) -> Self::Splat;
    /// Adds to each lane its four products with what [`Simd::level`] made.
    fn dot4(self, sums: Self::Sums, level: Self::Level, x: Self::Splat) -> Self::Sums;
    /// The same with what [`Simd::level_signed`] made, each weight grown by `SIGNED_BIAS`.
    fn dot4_signed(self, sums: Self::Sums, level: Self::Level, x: Self::Splat) -> Self::Sums;
    /// Whether [`Simd::dot4_nibbles`] costs less than [`Simd::dot4`] here.
    fn is_quick_with_nibbles(self) -> bool {
        false
    }
    /// As [`Simd::dot4`], with weights of 0 to 15 and at most eight times between [`Simd::no_sums`] and
    /// [`Simd::lanes_of_nibbles`].
    fn dot4_nibbles(self, sums: Self::Sums, level: Self::Level, x: Self::Splat) -> Self::Sums {
        self.dot4(sums, level, x)
    }
    /// One sum a lane, of what [`Simd::dot4_nibbles`] added.
    fn lanes_of_nibbles(self, sums: Self::Sums) -> Self::Words {
        self.lanes(sums)
    }
    /// One sum a lane, of what [`Simd::dot4`] added.
    fn lanes(self, sums: Self::Sums) -> Self::Words;
    /// One sum a lane, of what [`Simd::dot4_signed`] added.
    fn lanes_signed(self, sums: Self::Sums) -> Self::Words;

    /// The same float in all lanes.
    fn floats(self, value: f32) -> Self::Floats;
    /// Lanes `at..at + LANES` of 16 floats.
    fn load_floats(self, from: &[f32; ROWS], at: usize) -> Self::Floats;
    /// Puts a vector where lanes `at..at + LANES` of 16 floats stand.
    fn store(self, a: Self::Floats, to: &mut [f32; ROWS], at: usize);
    /// a + b.
    fn add(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// a - b.
    fn sub(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// a * b.
    fn mul(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// a / b.
    fn div(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// a * b + c, rounded once or twice.
    fn mul_add(self, a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    /// The larger of both.
    fn max(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// The smaller of both.
    fn min(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
}

/// All lanes of a vector in one, from `from` on.
#[inline(always)]
pub(crate) fn over_lanes<S: Simd>(s: S, a: S::Floats, from: f32, f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [from; ROWS];
    s.store(a, &mut lanes, 0);
    lanes.into_iter().fold(from, f)
}
