//! How a file stores a tensor.

use crate::Dtype;

/// How a file stores a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileDtype {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// The upper halves of 32-bit floats.
    Bf16,
    /// GGUF: f16 scale, 32 signed bytes.
    Q8_0,
    /// GGUF: f16 scale, 16 bytes of nibbles around 8.
    Q4_0,
    /// GGUF: f16 scale, f16 minimum, 16 bytes of nibbles.
    Q4_1,
}

impl FileDtype {
    /// Its name, as files spell it.
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

    /// Bytes of 32 neighbouring elements.
    pub const fn bytes_per_block(self) -> u64 {
        match self {
            Self::F32 => 128,
            Self::F16 | Self::Bf16 => 64,
            Self::Q8_0 => 34,
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
        }
    }

    /// Bytes of `elements`, a multiple of 32 where elements share a scale.
    pub const fn bytes(self, elements: u64) -> Option<u64> {
        match self {
            Self::F32 => elements.checked_mul(4),
            Self::F16 | Self::Bf16 => elements.checked_mul(2),
            _ if !elements.is_multiple_of(32) => None,
            _ => (elements / 32).checked_mul(self.bytes_per_block()),
        }
    }

    /// The type that holds it without loss.
    pub const fn held(self) -> Dtype {
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
