//! How each type's blocks are read out of a panel, whatever the machine.
//!
//! Source: the layouts of `checkpoint::Dtype`; a line here is a word there, of sixteen rows.

use crate::matrix::Panel;
use crate::simd::{Line, Simd};

/// A quantised type: value = scale * (level - `ZERO`) + minimum.
pub(crate) trait Levels {
    /// Parts of a block of 32 that have scales of their own: 1 or 2.
    const PARTS: usize = 1;
    /// Levels are signed bytes, -127 to 127; else they are 0 to 127.
    const IS_SIGNED: bool = false;
    /// Levels are 0 to 15.
    const ARE_NIBBLES: bool = false;
    /// The level that stands for 0.
    const ZERO: u32 = 0;
    /// There are minima.
    const HAS_MINIMUM: bool = false;

    /// Elements 4k to 4k + 3 of a block, a byte each; nibbles, where a type does not say otherwise.
    #[inline(always)]
    fn levels<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, at: usize) -> S::Words {
        nibbles(s, panel, block, k, at)
    }

    /// Scale and minimum of a part of a block.
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, part: usize, at: usize) -> [S::Floats; 2];
}

/// A type whose elements are floats.
pub(crate) trait Elements {
    /// Element 4k + j of a block.
    fn element<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, j: usize, at: usize) -> S::Floats;
}

/// The f16 in the lower (0) or upper (1) half of each word.
///
/// Exponent and fraction are put where an f32 has them and are then 112 powers of two too small.
#[inline(always)]
pub(crate) fn half<S: Simd>(s: S, words: S::Words, which: usize) -> S::Floats {
    let bits = s.sar(s.shl(words, 16 - 16 * which as u32), 3);
    s.mul(s.as_floats(s.and(bits, s.words(0x8FFF_E000))), s.floats(f32::from_bits((127 + 112) << 23)))
}

#[inline(always)]
fn load<S: Simd>(s: S, lines: &[Line], index: usize, at: usize) -> S::Words {
    s.load(&lines[index], at)
}

/// Nibbles 4k to 4k + 3 of a block.
#[inline(always)]
fn nibbles<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, at: usize) -> S::Words {
    let word = load(s, panel.quants, 4 * block + k % 4, at);
    s.and(if k < 4 { word } else { s.shr(word, 4) }, s.words(0x0F0F_0F0F))
}

/// The scale of a block, where those of two blocks share a line.
#[inline(always)]
fn paired_scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, at: usize) -> S::Floats {
    half(s, load(s, panel.scales, block / 2, at), block % 2)
}

/// Bit k of each byte of a word, as the fifth of a level.
#[inline(always)]
fn fifth<S: Simd>(s: S, bits: S::Words, k: usize) -> S::Words {
    s.shl(s.and(s.shr(bits, k as u32), s.words(0x0101_0101)), 4)
}

/// A byte of each word, as a float.
#[inline(always)]
pub(crate) fn byte<S: Simd>(s: S, words: S::Words, index: usize) -> S::Floats {
    s.to_floats(s.and(s.shr(words, 8 * index as u32), s.words(0xFF)))
}

/// A signed byte of each word, as a float.
#[inline(always)]
pub(crate) fn signed_byte<S: Simd>(s: S, words: S::Words, index: usize) -> S::Floats {
    s.to_floats(s.sar(s.shl(words, 24 - 8 * index as u32), 24))
}

pub(crate) struct Q8;
pub(crate) struct Q6K;
pub(crate) struct Q5K;
pub(crate) struct Q5_0;
pub(crate) struct Q5_1;
pub(crate) struct Q4K;
pub(crate) struct Q4;
pub(crate) struct Q4_1;

impl Levels for Q8 {
    const IS_SIGNED: bool = true;

    #[inline(always)]
    fn levels<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, at: usize) -> S::Words {
        load(s, panel.quants, 8 * block + k, at)
    }

    #[inline(always)]
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, _: usize, at: usize) -> [S::Floats; 2] {
        [paired_scale(s, panel, block, at), s.floats(0.0)]
    }
}

impl Levels for Q4 {
    const ARE_NIBBLES: bool = true;
    const ZERO: u32 = 8;

    #[inline(always)]
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, _: usize, at: usize) -> [S::Floats; 2] {
        [paired_scale(s, panel, block, at), s.floats(0.0)]
    }
}

impl Levels for Q4_1 {
    const ARE_NIBBLES: bool = true;
    const HAS_MINIMUM: bool = true;

    #[inline(always)]
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, _: usize, at: usize) -> [S::Floats; 2] {
        let words = load(s, panel.scales, block, at);
        [half(s, words, 0), half(s, words, 1)]
    }
}

impl Levels for Q5_0 {
    const ZERO: u32 = 16;

    #[inline(always)]
    fn levels<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, at: usize) -> S::Words {
        s.or(nibbles(s, panel, block, k, at), fifth(s, load(s, panel.scales, 2 * block + 1, at), k))
    }

    #[inline(always)]
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, _: usize, at: usize) -> [S::Floats; 2] {
        [half(s, load(s, panel.scales, 2 * block, at), 0), s.floats(0.0)]
    }
}

impl Levels for Q5_1 {
    const HAS_MINIMUM: bool = true;

    #[inline(always)]
    fn levels<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, at: usize) -> S::Words {
        Q5_0::levels(s, panel, block, k, at)
    }

    #[inline(always)]
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, _: usize, at: usize) -> [S::Floats; 2] {
        let words = load(s, panel.scales, 2 * block, at);
        [half(s, words, 0), half(s, words, 1)]
    }
}

/// Scale and minimum of a block among the eight that share two f16; such a group has `lines` lines.
#[inline(always)]
fn shared_scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, lines: usize, at: usize) -> [S::Floats; 2] {
    let (group, pair) = (&panel.scales[block / 8 * lines..], block % 8);
    let (both, bytes) = (load(s, group, 0, at), load(s, group, 1 + pair / 2, at));
    let minimum = s.mul(half(s, both, 1), byte(s, bytes, pair % 2 * 2 + 1));
    [s.mul(half(s, both, 0), byte(s, bytes, pair % 2 * 2)), s.sub(s.floats(0.0), minimum)]
}

impl Levels for Q4K {
    const ARE_NIBBLES: bool = true;
    const HAS_MINIMUM: bool = true;

    #[inline(always)]
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, _: usize, at: usize) -> [S::Floats; 2] {
        shared_scale(s, panel, block, 5, at)
    }
}

impl Levels for Q5K {
    const HAS_MINIMUM: bool = true;

    #[inline(always)]
    fn levels<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, at: usize) -> S::Words {
        let bits = load(s, panel.scales, block / 8 * 13 + 5 + block % 8, at);
        s.or(nibbles(s, panel, block, k, at), fifth(s, bits, k))
    }

    #[inline(always)]
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, _: usize, at: usize) -> [S::Floats; 2] {
        shared_scale(s, panel, block, 13, at)
    }
}

impl Levels for Q6K {
    const PARTS: usize = 2;
    const ZERO: u32 = 32;

    #[inline(always)]
    fn levels<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, at: usize) -> S::Words {
        let bits = load(s, panel.scales, block / 8 * 21 + 5 + block % 8 * 2 + k / 4, at);
        let pair = s.and(s.shr(bits, 2 * (k % 4) as u32), s.words(0x0303_0303));
        s.or(nibbles(s, panel, block, k, at), s.shl(pair, 4))
    }

    #[inline(always)]
    fn scale<S: Simd>(s: S, panel: Panel<'_>, block: usize, part: usize, at: usize) -> [S::Floats; 2] {
        let (group, index) = (&panel.scales[block / 8 * 21..], block % 8 * 2 + part);
        let scale = signed_byte(s, load(s, group, 1 + index / 4, at), index % 4);
        [s.mul(half(s, load(s, group, 0, at), 0), scale), s.floats(0.0)]
    }
}

pub(crate) struct F32;
pub(crate) struct F16;
pub(crate) struct Bf16;

impl Elements for F32 {
    #[inline(always)]
    fn element<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, j: usize, at: usize) -> S::Floats {
        s.as_floats(load(s, panel.quants, 32 * block + 4 * k + j, at))
    }
}

impl Elements for F16 {
    #[inline(always)]
    fn element<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, j: usize, at: usize) -> S::Floats {
        half(s, load(s, panel.quants, 16 * block + 2 * k + j / 2, at), j % 2)
    }
}

impl Elements for Bf16 {
    #[inline(always)]
    fn element<S: Simd>(s: S, panel: Panel<'_>, block: usize, k: usize, j: usize, at: usize) -> S::Floats {
        let words = load(s, panel.quants, 16 * block + 2 * k + j / 2, at);
        s.as_floats(s.and(s.shl(words, 16 - 16 * (j % 2) as u32), s.words(0xFFFF_0000)))
    }
}
