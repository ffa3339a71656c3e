//! Weights from a seed: the Rust half of `golden/seeded.py`, value for value.
//!
//! Element i of a stream is splitmix64 at (fnv1a64(stream name) + seed + (i + 1) * GAMMA). Everything after that is
//! one IEEE operation at a time in f32, so both halves agree to the bit.

use half::{bf16, f16};

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
/// Elements that share a scale.
const BLOCK: usize = 32;
/// Elements of a K-quant's block.
const GROUP: usize = 256;

/// How a tensor's bytes lie in a file, under GGUF's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// The upper halves of 32-bit floats.
    Bf16,
    /// An f16 scale and 32 signed bytes.
    Q8_0,
    /// An f16 scale and 32 nibbles: value = scale * (q - 8).
    Q4_0,
    /// An f16 scale, an f16 minimum and 32 nibbles: value = scale * q + minimum.
    Q4_1,
    /// An f16 scale and 32 levels of 5 bits: value = scale * (q - 16).
    Q5_0,
    /// As `Q4_1`, with levels of 5 bits.
    Q5_1,
    /// Two f16, 6-bit scales and minima of eight blocks, nibbles.
    Q4K,
    /// As `Q4K`, with levels of 5 bits.
    Q5K,
    /// Levels of 6 bits, sixteen 8-bit scales, an f16.
    Q6K,
}

impl FileType {
    /// The type of that GGUF name.
    ///
    /// # Panics
    /// There is none.
    pub fn named(name: &str) -> Self {
        match name {
            "F32" => Self::F32,
            "F16" => Self::F16,
            "BF16" => Self::Bf16,
            "Q8_0" => Self::Q8_0,
            "Q4_0" => Self::Q4_0,
            "Q4_1" => Self::Q4_1,
            "Q5_0" => Self::Q5_0,
            "Q5_1" => Self::Q5_1,
            "Q4_K" => Self::Q4K,
            "Q5_K" => Self::Q5K,
            "Q6_K" => Self::Q6K,
            _ => panic!("{name}: no such type"),
        }
    }

    /// Its number in a GGUF.
    pub fn gguf_number(self) -> u32 {
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

    /// Bytes of `count` elements, whole blocks.
    pub fn bytes(self, count: usize) -> usize {
        match self {
            Self::F32 => count * 4,
            Self::F16 | Self::Bf16 => count * 2,
            Self::Q8_0 => count / BLOCK * 34,
            Self::Q4_0 => count / BLOCK * 18,
            Self::Q4_1 => count / BLOCK * 20,
            Self::Q5_0 => count / BLOCK * 22,
            Self::Q5_1 => count / BLOCK * 24,
            Self::Q4K => count / GROUP * 144,
            Self::Q5K => count / GROUP * 176,
            Self::Q6K => count / GROUP * 210,
        }
    }
}

/// The bytes of a tensor of `count` elements: norms 1 +- 0.3, all else +- `amplitude`.
pub fn tensor_bytes(name: &str, count: usize, dtype: FileType, seed: u64, amplitude: f32) -> Vec<u8> {
    match dtype {
        FileType::F32 | FileType::F16 | FileType::Bf16 => {}
        FileType::Q8_0 | FileType::Q4_0 | FileType::Q4_1 => {
            return block_bytes(name, count, dtype, seed, amplitude);
        }
        _ => return random_blocks(name, count, dtype, seed, amplitude),
    }
    let norm = name.contains("norm");
    let values = units(name, seed).map(|unit| if norm { unit * 0.3 + 1.0 } else { unit * amplitude });
    let mut bytes = Vec::with_capacity(dtype.bytes(count));
    for value in values.take(count) {
        match dtype {
            FileType::F16 => bytes.extend(f16::from_f32(value).to_le_bytes()),
            FileType::Bf16 => bytes.extend(bf16::from_f32(value).to_le_bytes()),
            _ => bytes.extend(value.to_le_bytes()),
        }
    }
    bytes
}

/// Scales and quants are drawn, not rounded to: the file holds exactly these values.
fn block_bytes(name: &str, count: usize, dtype: FileType, seed: u64, amplitude: f32) -> Vec<u8> {
    let steps = match dtype {
        FileType::Q8_0 => 127.0,
        FileType::Q4_0 => 8.0,
        _ => 7.5,
    };
    let mut random = bits(name, seed);
    let mut bytes = Vec::with_capacity(dtype.bytes(count));
    for unit in units(&format!("{name}#scale"), seed).take(count / BLOCK) {
        let scale = f16::from_f32((unit * 0.5 + 1.0) * (amplitude / steps));
        bytes.extend(scale.to_le_bytes());
        if dtype == FileType::Q4_1 {
            bytes.extend(f16::from_f32(scale.to_f32() * -7.5).to_le_bytes());
        }
        let block: Vec<u64> = random.by_ref().take(BLOCK).collect();
        match dtype {
            FileType::Q8_0 => bytes.extend(block.iter().map(|bits| ((bits >> 56) as i8).max(-127) as u8)),
            _ => bytes.extend((0..BLOCK / 2).map(|i| {
                let nibble = |i: usize| (block[i] >> 60) as u8;
                nibble(i) | nibble(i + BLOCK / 2) << 4
            })),
        }
    }
    bytes
}

/// Blocks of which every bit is drawn, but those of the f16 that scale them; Python has no part in these.
fn random_blocks(name: &str, count: usize, dtype: FileType, seed: u64, amplitude: f32) -> Vec<u8> {
    // Where the block's scale stands, the largest level it is multiplied by, and what the minimum is in scales.
    let (at, largest, minimum) = match dtype {
        FileType::Q5_0 => (0, 16.0, None),
        FileType::Q5_1 => (0, 15.5, Some(-15.5)),
        FileType::Q4K => (0, 63.0 * 7.5, Some(7.5)),
        FileType::Q5K => (0, 63.0 * 15.5, Some(15.5)),
        _ => (208, 128.0 * 32.0, None),
    };
    let mut random = bits(name, seed);
    let mut bytes: Vec<u8> =
        random.by_ref().take(dtype.bytes(count)).map(|bits| (bits >> 56) as u8).collect();
    let block = if matches!(dtype, FileType::Q5_0 | FileType::Q5_1) { BLOCK } else { GROUP };
    let stream = format!("{name}#scale");
    let scales = units(&stream, seed);
    for (block, unit) in bytes.chunks_exact_mut(dtype.bytes(block)).zip(scales) {
        let scale = f16::from_f32((unit * 0.5 + 1.0) * (amplitude / largest));
        block[at..at + 2].copy_from_slice(&scale.to_le_bytes());
        if let Some(minimum) = minimum {
            block[at + 2..at + 4].copy_from_slice(&f16::from_f32(scale.to_f32() * minimum).to_le_bytes());
        }
    }
    bytes
}

/// Numbers in [-1, 1), multiples of 2^-23.
fn units(stream: &str, seed: u64) -> impl Iterator<Item = f32> {
    bits(stream, seed).map(|bits| ((bits >> 40) as i32 - (1 << 23)) as f32 * (1.0 / 8_388_608.0))
}

fn bits(stream: &str, seed: u64) -> impl Iterator<Item = u64> {
    let start = fnv1a64(stream).wrapping_add(seed);
    (1u64..).map(move |i| {
        let mut z = start.wrapping_add(i.wrapping_mul(GAMMA));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

fn fnv1a64(text: &str) -> u64 {
    text.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}
