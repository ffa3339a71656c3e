//! How a matrix is held.

/// How a matrix is held: blocks of 32 along a row, rows contiguous, quants and scales apart.
///
/// Block b of row r stands at quants block r * columns / 32 + b; a row's scales begin at r * `scales_bytes_per_row`.
/// Nibble order is GGUF's: byte i holds element i low and element i + 16 high.
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
    /// Nibbles and an f16 scale: value = scale * (q - 8).
    Q4,
    /// Nibbles, an f16 scale and an f16 minimum: value = scale * q + minimum.
    Q4_1,
}

impl Dtype {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::F32, Self::F16, Self::Bf16, Self::Q8, Self::Q4, Self::Q4_1];
    /// Elements of a block.
    pub const BLOCK: usize = 32;

    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// Its name, as options and reports spell it.
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

    /// Whether elements share a scale.
    pub const fn is_quantised(self) -> bool {
        matches!(self, Self::Q8 | Self::Q4 | Self::Q4_1)
    }

    /// Bytes of a block without its scale.
    pub const fn quants_bytes_per_block(self) -> usize {
        match self {
            Self::F32 => 128,
            Self::F16 | Self::Bf16 => 64,
            Self::Q8 => 32,
            Self::Q4 | Self::Q4_1 => 16,
        }
    }

    /// Bytes of a block's scale, and minimum.
    pub const fn scale_bytes_per_block(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => 0,
            Self::Q8 | Self::Q4 => 2,
            Self::Q4_1 => 4,
        }
    }

    /// Bytes of a row without its scales.
    pub const fn quants_bytes_per_row(self, columns: u32) -> usize {
        columns as usize / Self::BLOCK * self.quants_bytes_per_block()
    }

    /// Bytes of a row's scales: whole words.
    pub const fn scales_bytes_per_row(self, columns: u32) -> usize {
        (columns as usize / Self::BLOCK * self.scale_bytes_per_block()).next_multiple_of(4)
    }

    /// Bytes of a row.
    pub const fn bytes_per_row(self, columns: u32) -> usize {
        self.quants_bytes_per_row(columns) + self.scales_bytes_per_row(columns)
    }
}
