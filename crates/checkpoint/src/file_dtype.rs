//! How a file stores a tensor.

use crate::Dtype;

/// How a file stores a tensor; the names are GGUF's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileDtype {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// The upper halves of 32-bit floats.
    Bf16,
    /// Blocks of 32: f16 scale, signed bytes.
    Q8_0,
    /// Blocks of 32: f16 scale, nibbles around 8.
    Q4_0,
    /// Blocks of 32: f16 scale, f16 minimum, nibbles.
    Q4_1,
    /// Blocks of 32: f16 scale, fifth bits, nibbles; around 16.
    Q5_0,
    /// Blocks of 32: f16 scale, f16 minimum, fifth bits, nibbles.
    Q5_1,
    /// Blocks of 256: two f16, eight scales and eight minima of 6 bits, nibbles.
    Q4K,
    /// Blocks of 256: as `Q4K`, with fifth bits.
    Q5K,
    /// Blocks of 256: nibbles, fifth and sixth bits, sixteen scales of 8 bits, f16; around 32.
    Q6K,
}

impl FileDtype {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::F32,
        Self::F16,
        Self::Bf16,
        Self::Q8_0,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q4K,
        Self::Q5K,
        Self::Q6K,
    ];

    /// Its name, as files spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
            Self::Q8_0 => "Q8_0",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
            Self::Q5_0 => "Q5_0",
            Self::Q5_1 => "Q5_1",
            Self::Q4K => "Q4_K",
            Self::Q5K => "Q5_K",
            Self::Q6K => "Q6_K",
        }
    }

    /// Its number in a GGUF's table of tensors.
    pub const fn gguf_number(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q5_0 => 6,
            Self::Q5_1 => 7,
            Self::Q8_0 => 8,
            Self::Q4K => 12,
            Self::Q5K => 13,
            Self::Q6K => 14,
            Self::Bf16 => 30,
        }
    }

    /// Neighbouring elements of a row that are stored together; a row is whole blocks of them.
    pub const fn block_elements(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => 1,
            Self::Q8_0 | Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 => 32,
            Self::Q4K | Self::Q5K | Self::Q6K => 256,
        }
    }

    /// Bytes of such a block.
    pub const fn bytes_per_block(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Q8_0 => 34,
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q4K => 144,
            Self::Q5K => 176,
            Self::Q6K => 210,
        }
    }

    /// Bytes of `elements`; `None` where they are no whole blocks, or too many.
    pub const fn bytes(self, elements: u64) -> Option<u64> {
        let block = self.block_elements() as u64;
        if !elements.is_multiple_of(block) {
            return None;
        }
        (elements / block).checked_mul(self.bytes_per_block() as u64)
    }

    /// The narrowest type that holds it without loss.
    pub const fn held(self) -> Dtype {
        match self {
            Self::F32 => Dtype::F32,
            Self::F16 => Dtype::F16,
            Self::Bf16 => Dtype::Bf16,
            Self::Q8_0 => Dtype::Q8,
            Self::Q4_0 => Dtype::Q4,
            Self::Q4_1 => Dtype::Q4_1,
            Self::Q5_0 => Dtype::Q5_0,
            Self::Q5_1 => Dtype::Q5_1,
            Self::Q4K => Dtype::Q4K,
            Self::Q5K => Dtype::Q5K,
            Self::Q6K => Dtype::Q6K,
        }
    }

    /// How a file stores what is held so.
    pub const fn of(held: Dtype) -> Self {
        match held {
            Dtype::F32 => Self::F32,
            Dtype::F16 => Self::F16,
            Dtype::Bf16 => Self::Bf16,
            Dtype::Q8 => Self::Q8_0,
            Dtype::Q6K => Self::Q6K,
            Dtype::Q5K => Self::Q5K,
            Dtype::Q5_0 => Self::Q5_0,
            Dtype::Q5_1 => Self::Q5_1,
            Dtype::Q4K => Self::Q4K,
            Dtype::Q4 => Self::Q4_0,
            Dtype::Q4_1 => Self::Q4_1,
        }
    }
}
