//! Weights from a seed: the Rust half of `golden/seeded.py`, value for value.
//!
//! Element i of a stream is splitmix64 at (fnv1a64(stream name) + seed + (i + 1) * GAMMA). Everything after that is
//! one IEEE operation at a time in f32, so both halves agree to the bit.

use half::{bf16, f16};

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
/// Elements that share a scale.
const BLOCK: usize = 32;

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
            Self::Q8_0 => 8,
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
        }
    }
}

/// The bytes of a tensor of `count` elements: norms 1 +- 0.3, all else +- `amplitude`.
pub fn tensor_bytes(name: &str, count: usize, dtype: FileType, seed: u64, amplitude: f32) -> Vec<u8> {
    if matches!(dtype, FileType::Q8_0 | FileType::Q4_0 | FileType::Q4_1) {
        return block_bytes(name, count, dtype, seed, amplitude);
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
