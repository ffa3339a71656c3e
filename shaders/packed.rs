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

/// Heads that the kernels of attention are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heads {
    /// How their keys and values are held.
    pub kv: KvType,
    /// Dimensions that there is room for, 256 at most.
    pub dim: u32,
}

impl Heads {
    /// Of `dim` dimensions, with room for the heads of the known answers.
    pub fn new(kv: KvType, dim: u32) -> Self {
        Self { kv, dim: dim.max(64) }
    }
}

const STEP: &str = include_str!("shared/step.wgsl");
const BLOCK: &str = include_str!("shared/block.wgsl");
const NIBBLES: &str = include_str!("shared/nibbles.wgsl");

/// How a matrix of this type is read.
fn weight_texts(weight: WeightType) -> &'static [&'static str] {
    match weight {
        WeightType::F32 => &[BLOCK, include_str!("shared/weight_f32.wgsl")],
        WeightType::F16 => &[BLOCK, include_str!("shared/weight_f16.wgsl")],
        WeightType::Bf16 => &[BLOCK, include_str!("shared/weight_bf16.wgsl")],
        WeightType::Q8 => &[BLOCK, include_str!("shared/weight_q8.wgsl")],
        WeightType::Q6K => &[BLOCK, NIBBLES, include_str!("shared/weight_q6_k.wgsl")],
        WeightType::Q5K => &[BLOCK, NIBBLES, include_str!("shared/weight_q5_k.wgsl")],
        WeightType::Q5_0 => &[BLOCK, NIBBLES, include_str!("shared/weight_q5_0.wgsl")],
        WeightType::Q5_1 => &[BLOCK, NIBBLES, include_str!("shared/weight_q5_1.wgsl")],
        WeightType::Q4K => &[BLOCK, NIBBLES, include_str!("shared/weight_q4_k.wgsl")],
        WeightType::Q4 => &[BLOCK, NIBBLES, include_str!("shared/weight_q4.wgsl")],
        WeightType::Q4_1 => &[BLOCK, NIBBLES, include_str!("shared/weight_q4_1.wgsl")],
    }
}

/// How keys and values of this type are read and written.
fn kv_text(kv: KvType) -> &'static str {
    match kv {
        KvType::F16 => include_str!("shared/kv_f16.wgsl"),
        KvType::F32 => include_str!("shared/kv_f32.wgsl"),
    }
}

/// The WGSL of a kernel that reads a matrix: its own text, the type's, then what it shares with others.
pub(crate) fn with_weights(own: &str, weight: WeightType, shared: &[&str]) -> String {
    [&[own, STEP], weight_texts(weight), shared].concat().concat()
}

/// Such a text for a matrix of `rows` rows of `blocks` blocks and no other: the lengths of its arrays are said, not asked for
/// at every load.
pub(crate) fn of_size(mut source: String, weight: WeightType, rows: usize, blocks: usize) -> String {
    let arrays = [
        (" quants: array<vec4<", 16, blocks * weight.block_bytes()),
        (" scales: array<vec2<", 8, weight.scales_bytes(blocks)),
        (" scales: array<u32", 4, weight.scales_bytes(blocks)),
    ];
    for (declared, element_bytes, row_bytes) in arrays {
        let length = rows * row_bytes / element_bytes;
        if let Some(end) = source.find(declared).and_then(|at| Some(at + source[at..].find(">;")?)) {
            source.insert_str(end, &format!(", {length}"));
        }
    }
    source
}

/// The WGSL of a kernel that reads or writes keys and values.
pub(crate) fn with_kv(own: &str, kv: KvType, shared: &[&str]) -> String {
    [&[own, STEP, kv_text(kv)], shared].concat().concat()
}

/// `source` of a kernel that reads a matrix; its own text comes first, so that error lines keep their places.
macro_rules! reads_weights {
    ($own:literal $(, $shared:literal)*) => {
        /// The shader's text for a matrix of this type.
        pub fn source(weight: $crate::WeightType) -> String {
            $crate::packed::with_weights(include_str!($own), weight, &[$(include_str!($shared)),*])
        }
    };
}

/// `source` of a kernel that reads or writes keys and values.
macro_rules! reads_kv {
    ($own:literal $(, $shared:literal)*) => {
        /// The shader's text for a cache of this type.
        pub fn source(kv: $crate::KvType) -> String {
            $crate::packed::with_kv(include_str!($own), kv, &[$(include_str!($shared)),*])
        }
    };
}

pub(crate) use {reads_kv, reads_weights};
