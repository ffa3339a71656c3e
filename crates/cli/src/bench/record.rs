//! What a run of `reckon bench` found, as `--json` prints it. `tests/runs/README.md` documents it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the object is called.
pub const FORMAT: &str = "reckon-bench";
/// Of the format: 1 more with each change that a reader of the last one would not understand.
pub const VERSION: u32 = 1;

/// One or more runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    pub runs: Vec<Run>,
}

impl Document {
    /// A document of these runs.
    pub fn of(runs: Vec<Run>) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, runs }
    }
}

/// One model on one device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// When it began, with the offset of the local time.
    pub at: String,
    /// Version of `reckon`.
    pub reckon: String,
    /// Whether it was built for speed.
    pub optimised: bool,
    /// Operating system and processor.
    pub system: String,
    pub model: Model,
    pub device: Device,
    /// How often each figure was measured.
    pub repeat: u32,
    pub load_ms: f64,
    pub first_token: FirstToken,
    pub prefill: Vec<Prefill>,
    pub decode: Vec<Decode>,
    /// What the context does not hold.
    pub left_out: Vec<String>,
    /// `None` where the processor computes.
    pub kernels: Option<Kernels>,
    pub memory: Memory,
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    pub name: String,
    /// Weights of noise: no file was read.
    pub is_random: bool,
    pub parameters: u64,
    /// How matrices are held.
    pub dtypes: Vec<String>,
    /// How keys and values are held.
    pub kv: String,
    pub context: u32,
}

/// What computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// `webgpu` or `cpu`.
    pub kind: String,
    pub adapter: String,
    pub is_software: bool,
    /// Why that one; empty where it was asked for by name.
    pub why: String,
}

/// From a prompt to the token after it, in a timeline of its own, without tokenizer and text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FirstToken {
    pub prompt_tokens: u32,
    /// The first time after loading.
    pub first_ms: f64,
    pub ms: Spread,
}

/// A prompt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Prefill {
    pub tokens: u32,
    /// Up to the choice of the token after it.
    pub ms: Spread,
    pub tokens_per_s: Spread,
}

/// Tokens, one after the other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decode {
    /// Positions before the first of them.
    pub depth: u32,
    /// How many each time.
    pub tokens: u32,
    pub tokens_in_flight: u32,
    pub tokens_per_s: Spread,
    /// Bytes a token times tokens a second.
    pub gb_per_s: Spread,
    pub bytes_per_token: BytesPerToken,
    /// 0 where the processor computes.
    pub dispatches_per_token: u32,
    /// Of every token: from the last one's choice until the GPU has its work.
    pub encode_us: Option<Spread>,
    /// Of every token: from there until the logits are back.
    pub await_us: Option<Spread>,
}

/// What a token reads, without activations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BytesPerToken {
    pub weights: u64,
    pub kv: u64,
    /// `bound ranges`: summed from what the recorded dispatches bind; `plan`: from the checkpoint's header.
    pub from: String,
}

impl BytesPerToken {
    /// Weights and keys and values.
    pub fn total(&self) -> u64 {
        self.weights + self.kv
    }
}

/// What each kernel takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kernels {
    /// Positions before the token.
    pub depth: u32,
    /// `timestamps`: the GPU's own clock; `wall time`: the host's, over many dispatches.
    pub timed_by: String,
    /// The ceiling: bytes read and written in a second by a kernel that only copies.
    pub copy_gb_per_s: Spread,
    pub copy_bytes: u64,
    pub kernels: Vec<Kernel>,
}

/// What one kernel takes in one shape.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kernel {
    pub kernel: String,
    /// What it is for.
    pub of: String,
    pub shape: String,
    /// In a token.
    pub dispatches: u32,
    /// Of one dispatch: weights, or keys and values.
    pub bytes: u64,
    /// Of one dispatch.
    pub us: Spread,
    /// Of all of a token's.
    pub us_per_token: f64,
    pub gb_per_s: f64,
    /// Of the copy's bandwidth.
    pub percent_of_copy: f64,
}

/// What it takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Memory {
    pub weights_bytes: u64,
    /// On the GPU with one timeline open; 0 where the processor computes.
    pub gpu_bytes: u64,
    /// The process's most, where the system tells.
    pub peak_rss_bytes: Option<u64>,
}

/// A median, and between what it lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
    /// Of how many.
    pub samples: usize,
}

impl Spread {
    /// The spread of these; one at least.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (half, samples) = (values.len() / 2, values.len());
        let median = match samples % 2 {
            0 => (values[half - 1] + values[half]) / 2.0,
            _ => values[half],
        };
        Self { median, least: values[0], most: values[samples - 1], samples }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, least, most, .. } = *self;
        write!(f, "{} ({} to {})", figure(median), figure(least), figure(most))
    }
}

/// Three significant digits, and no exponent.
pub fn figure(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_tells_median_and_range() {
        let spread = Spread::of([4.0, 1.0, 3.0]);
        assert_eq!(spread, Spread { median: 3.0, least: 1.0, most: 4.0, samples: 3 });
        assert_eq!(Spread::of([4.0, 1.0, 3.0, 2.0]).median, 2.5);
        assert_eq!(Spread::of([1234.5, 0.25, 12.34]).to_string(), "12.3 (0.250 to 1234)");
    }
}
