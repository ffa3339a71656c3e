//! How kernels find numbers in words: the weight types and the types of the KV cache.

/// How a matrix is held: blocks of 32 along a row. `shared/weight_*.wgsl` is the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WeightType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// The upper halves of 32-bit floats.
    Bf16,
    /// Signed bytes and an f16 scale.
    Q8,
    /// Six bits around 32, a scale for 16 in steps of one for 256.
    Q6K,
    /// Five bits, a scale and a minimum for 32 in steps of two for 256.
    Q5K,
    /// Five bits around 16 and an f16 scale.
    Q5_0,
    /// Five bits, an f16 scale and an f16 minimum.
    Q5_1,
    /// Nibbles, a scale and a minimum for 32 in steps of two for 256.
    Q4K,
    /// Nibbles around 8 and an f16 scale.
    Q4,
    /// Nibbles, an f16 scale and an f16 minimum.
    Q4_1,
}

impl WeightType {
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

    /// Bytes of a block of 32 without its scale.
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::F32 => 128,
            Self::F16 | Self::Bf16 => 64,
            Self::Q8 => 32,
            Self::Q6K | Self::Q5K | Self::Q5_0 | Self::Q5_1 | Self::Q4K | Self::Q4 | Self::Q4_1 => 16,
        }
    }

    /// Blocks whose scales stand together; a row is whole groups of them.
    pub const fn blocks_scaled_together(self) -> usize {
        match self {
            Self::Q6K | Self::Q5K | Self::Q4K => 8,
            _ => 1,
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

    /// Bytes of the scales of a row of `blocks` blocks: whole words.
    pub const fn scales_bytes(self, blocks: usize) -> usize {
        (blocks / self.blocks_scaled_together() * self.scales_bytes_per_group()).next_multiple_of(4)
    }
}

/// How keys and values are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KvType {
    /// 16-bit floats.
    F16,
    /// 32-bit floats.
    F32,
}

impl KvType {
    /// Bytes of one number.
    pub const fn bytes(self) -> u64 {
        match self {
            Self::F16 => 2,
            Self::F32 => 4,
        }
    }
}

/// The WGSL of a kernel that reads a matrix: its own text, then what it shares with others, one per weight type.
macro_rules! with_weights {
    ($own:literal $(, $shared:literal)*) => {
        /// The shader's text for a matrix of this type; the kernel's own first, so that error lines keep their places.
        pub const fn source(weight: $crate::WeightType) -> &'static str {
            use $crate::WeightType;
            macro_rules! text {
                ($weight:literal) => {
                    concat!(
                        include_str!($own),
                        include_str!("shared/step.wgsl"),
                        include_str!("shared/block.wgsl"),
                        include_str!("shared/nibbles.wgsl"),
                        include_str!($weight),
                        $(include_str!($shared),)*
                    )
                };
            }
            match weight {
                WeightType::F32 => text!("shared/weight_f32.wgsl"),
                WeightType::F16 => text!("shared/weight_f16.wgsl"),
                WeightType::Bf16 => text!("shared/weight_bf16.wgsl"),
                WeightType::Q8 => text!("shared/weight_q8.wgsl"),
                WeightType::Q6K => text!("shared/weight_q6_k.wgsl"),
                WeightType::Q5K => text!("shared/weight_q5_k.wgsl"),
                WeightType::Q5_0 => text!("shared/weight_q5_0.wgsl"),
                WeightType::Q5_1 => text!("shared/weight_q5_1.wgsl"),
                WeightType::Q4K => text!("shared/weight_q4_k.wgsl"),
                WeightType::Q4 => text!("shared/weight_q4.wgsl"),
                WeightType::Q4_1 => text!("shared/weight_q4_1.wgsl"),
            }
        }
    };
}

/// The WGSL of a kernel that reads or writes keys and values.
macro_rules! with_kv {
    ($own:literal $(, $shared:literal)*) => {
        /// The shader's text for a cache of this type.
        pub const fn source(kv: $crate::KvType) -> &'static str {
            macro_rules! text {
                ($kv:literal) => {
                    concat!(
                        include_str!($own),
                        include_str!("shared/step.wgsl"),
                        include_str!($kv),
                        $(include_str!($shared),)*
                    )
                };
            }
            match kv {
                $crate::KvType::F16 => text!("shared/kv_f16.wgsl"),
                $crate::KvType::F32 => text!("shared/kv_f32.wgsl"),
            }
        }
    };
}

pub(crate) use {with_kv, with_weights};
