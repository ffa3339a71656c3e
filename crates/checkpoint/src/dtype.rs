//! How a matrix is held, and how a file stores it.

use std::fmt;

/// Elements of a block: along a row, every dtype comes in whole blocks.
pub const BLOCK: u32 = 32;

/// How a matrix is held: rows of blocks, quants apart from scales.
///
/// Layout: rows are contiguous; block b of row r is the (r * columns / 32 + b)th of the quants.
/// * `F32`: 32 f32. `F16`, `Bf16`: 32 halves, element 2i in the low half of u32 i.
/// * `Q8`: 32 int8; value = scale * q.
/// * `Q4`: 16 bytes, byte i = element i in the low nibble, element i + 16 in the high one; value = scale * (q - 8).
/// * `Q4_1`: the same nibbles; value = scale * q + minimum.
///
/// The scales of row r start at r * [`Dtype::scales_bytes_per_row`]: an f16 per block for `Q8` and `Q4`; for `Q4_1`
/// a u32 per block, scale in its low half, minimum in its high half. Everything is little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(non_camel_case_types)]
pub enum Dtype {
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of an f32.
    Bf16,
    /// 8 bits and an f16 scale for each 32.
    Q8,
    /// 4 bits, zero point 8, and an f16 scale for each 32.
    Q4,
    /// 4 bits, an f16 scale and an f16 minimum for each 32.
    Q4_1,
}

impl Dtype {
    /// Every way to hold a matrix.
    pub const ALL: [Self; 6] = [Self::F32, Self::F16, Self::Bf16, Self::Q8, Self::Q4, Self::Q4_1];

    /// The dtype of that [`name`](Self::name), or `None`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// `f32`, `f16`, `bf16`, `q8`, `q4` or `q4_1`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q8 => "q8",
            Self::Q4 => "q4",
            Self::Q4_1 => "q4_1",
        }
    }

    /// Bytes of the quants of one block of 32.
    pub const fn quants_bytes_per_block(self) -> usize {
        match self {
            Self::F32 => 128,
            Self::F16 | Self::Bf16 => 64,
            Self::Q8 => 32,
            Self::Q4 | Self::Q4_1 => 16,
        }
    }

    /// Bytes of the scale (and minimum) of one block of 32; 0 for floats.
    pub const fn scale_bytes_per_block(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => 0,
            Self::Q8 | Self::Q4 => 2,
            Self::Q4_1 => 4,
        }
    }

    /// Bytes of the quants of one row; `columns` is a multiple of 32.
    pub const fn quants_bytes_per_row(self, columns: u32) -> u64 {
        (columns / BLOCK) as u64 * self.quants_bytes_per_block() as u64
    }

    /// Bytes of the scales of one row, padded to a multiple of 4; `columns` is a multiple of 32.
    pub const fn scales_bytes_per_row(self, columns: u32) -> u64 {
        ((columns / BLOCK) as u64 * self.scale_bytes_per_block() as u64).next_multiple_of(4)
    }

    /// Whether 32 values share a scale.
    pub const fn is_quantised(self) -> bool {
        self.scale_bytes_per_block() != 0
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a file stores a tensor; the names are ggml's, which has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(non_camel_case_types)]
pub enum FileDtype {
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of an f32.
    Bf16,
    /// Blocks of an f16 scale and 32 int8.
    Q8_0,
    /// Blocks of an f16 scale and 16 bytes of nibbles, zero point 8.
    Q4_0,
    /// Blocks of an f16 scale, an f16 minimum and 16 bytes of nibbles.
    Q4_1,
}

impl FileDtype {
    /// The name ggml and safetensors give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
            Self::Q8_0 => "Q8_0",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
        }
    }

    /// Elements that are stored together: 1 for floats, 32 for quantised blocks.
    pub const fn elements_per_block(self) -> u64 {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => 1,
            Self::Q8_0 | Self::Q4_0 | Self::Q4_1 => BLOCK as u64,
        }
    }

    /// Bytes of [`elements_per_block`](Self::elements_per_block) elements.
    pub const fn bytes_per_block(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Q8_0 => 34,
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
        }
    }

    /// The way to hold such a tensor that changes no value and no bit of it.
    pub const fn held_as_is(self) -> Dtype {
        match self {
            Self::F32 => Dtype::F32,
            Self::F16 => Dtype::F16,
            Self::Bf16 => Dtype::Bf16,
            Self::Q8_0 => Dtype::Q8,
            Self::Q4_0 => Dtype::Q4,
            Self::Q4_1 => Dtype::Q4_1,
        }
    }
}

impl fmt::Display for FileDtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_back() {
        for dtype in Dtype::ALL {
            assert_eq!(Dtype::parse(dtype.name()), Some(dtype));
        }
        assert_eq!(Dtype::parse("Q4"), None);
    }

    #[test]
    fn scales_of_a_row_are_padded_to_whole_words() {
        assert_eq!(Dtype::Q4.scales_bytes_per_row(32), 4);
        assert_eq!(Dtype::Q4.scales_bytes_per_row(96), 8);
        assert_eq!(Dtype::Q8.scales_bytes_per_row(576), 36);
        assert_eq!(Dtype::Q4_1.scales_bytes_per_row(96), 12);
        assert_eq!(Dtype::F16.scales_bytes_per_row(96), 0);
        assert_eq!(Dtype::F32.quants_bytes_per_row(u32::MAX - 31), (u64::from(u32::MAX) - 31) * 4);
    }
}
