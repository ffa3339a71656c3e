//! How a matrix is held.

/// How a matrix is held: blocks of 32 along a row, rows contiguous, quants and scales apart.
///
/// Block b of row r stands at quants block r * columns / 32 + b; a row's scales begin at r * `scales_bytes_per_row`.
/// Byte i of a block's nibbles holds element i low and element i + 16 high, as in GGUF. Bits above the nibble stand
/// with the scales, where one shift and one mask bring out those of four neighbours: fifth bits are a word a block,
/// element 4k + j at bit 8j + k; fifth and sixth bits are a word for 16 elements, element 4k + j at bits 8j + 2k.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dtype {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// The upper halves of 32-bit floats.
    Bf16,
    /// Signed bytes and an f16 scale: value = scale * q.
    Q8,
    /// Six bits, an 8-bit scale for 16 elements, an f16 scale for 256: value = d * scale * (q - 32).
    ///
    /// Scales of 256 elements: d, two bytes of nothing, 16 signed bytes, 16 words of upper bits.
    Q6K,
    /// Five bits, a 6-bit scale and minimum for 32 elements, two f16 for 256: value = d * scale * q - dmin * minimum.
    ///
    /// Scales of 256 elements: d, dmin, 8 pairs of bytes (scale, minimum), 8 words of upper bits.
    Q5K,
    /// Five bits and an f16 scale: value = scale * (q - 16).
    ///
    /// Scales of 32 elements: scale, two bytes of nothing, a word of upper bits.
    Q5_0,
    /// Five bits, an f16 scale and an f16 minimum: value = scale * q + minimum.
    ///
    /// Scales of 32 elements: scale, minimum, a word of upper bits.
    Q5_1,
    /// Nibbles, and scales as in `Q5K`.
    ///
    /// Scales of 256 elements: d, dmin, 8 pairs of bytes (scale, minimum).
    Q4K,
    /// Nibbles and an f16 scale: value = scale * (q - 8).
    Q4,
    /// Nibbles, an f16 scale and an f16 minimum: value = scale * q + minimum.
    Q4_1,
}

impl Dtype {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::F32,
        Self::F16,
        Self::Bf16,
        Self::Q8,
        Self::Q6K,
        Self::Q5K,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q4K,
        Self::Q4,
        Self::Q4_1,
    ];
    /// Those that numbers can be rounded to; the others only hold what a file brings.
    pub const ROUNDED_TO: [Self; 7] =
        [Self::F32, Self::F16, Self::Bf16, Self::Q8, Self::Q6K, Self::Q4, Self::Q4_1];
    /// Elements of a block.
    pub const BLOCK: usize = 32;

    /// The type of that name, among those that numbers can be rounded to.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ROUNDED_TO.into_iter().find(|dtype| dtype.name() == name)
    }

    /// Its name, as options and reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q8 => "q8",
            Self::Q6K => "q6",
            Self::Q5K => "q5_k",
            Self::Q5_0 => "q5_0",
            Self::Q5_1 => "q5_1",
            Self::Q4K => "q4_k",
            Self::Q4 => "q4",
            Self::Q4_1 => "q4_1",
        }
    }

    /// Whether elements share a scale.
    pub const fn is_quantised(self) -> bool {
        !matches!(self, Self::F32 | Self::F16 | Self::Bf16)
    }

    /// Bytes of a block without its scale.
    pub const fn quants_bytes_per_block(self) -> usize {
        match self {
            Self::F32 => 128,
            Self::F16 | Self::Bf16 => 64,
            Self::Q8 => 32,
            Self::Q6K | Self::Q5K | Self::Q5_0 | Self::Q5_1 | Self::Q4K | Self::Q4 | Self::Q4_1 => 16,
        }
    }

    /// Neighbouring elements whose scales stand together; a row is whole groups of them.
    pub const fn scaled_together(self) -> usize {
        match self {
            Self::Q6K | Self::Q5K | Self::Q4K => 256,
            _ => Self::BLOCK,
        }
    }

    /// Bytes of such a group's scales, minima and upper bits.
    pub const fn scales_bytes_per_group(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => 0,
            Self::Q8 | Self::Q4 => 2,
            Self::Q4_1 => 4,
            Self::Q5_0 | Self::Q5_1 => 8,
            Self::Q4K => 20,
            Self::Q5K => 52,
            Self::Q6K => 84,
        }
    }

    /// Whether rows of `columns` elements can be held so.
    pub const fn divides(self, columns: u32) -> bool {
        columns.is_multiple_of(self.scaled_together() as u32)
    }

    /// Bytes of a row without its scales.
    pub const fn quants_bytes_per_row(self, columns: u32) -> usize {
        columns as usize / Self::BLOCK * self.quants_bytes_per_block()
    }

    /// Bytes of a row's scales: whole words.
    pub const fn scales_bytes_per_row(self, columns: u32) -> usize {
        (columns as usize / self.scaled_together() * self.scales_bytes_per_group()).next_multiple_of(4)
    }

    /// Bytes of a row.
    pub const fn bytes_per_row(self, columns: u32) -> usize {
        self.quants_bytes_per_row(columns) + self.scales_bytes_per_row(columns)
    }
}
