//! What a caller may ask for, at loading and for one generation.

use checkpoint::{Checkpoint, Held};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::sampler::Sampling;

pub use checkpoint::{Dtype, KvDtype};
pub use cpu::Activations;

/// Most positions a session may reach where the caller does not say.
const CONTEXT: u32 = 4096;

/// What computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A hardware GPU where there is one, else what a short probe shows to be faster.
    #[default]
    Auto,
    /// A GPU, or what behaves as one.
    Webgpu,
    /// The processor.
    Cpu,
}

impl Device {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Webgpu, Self::Cpu];

    /// The device of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|device| device.name() == name)
    }

    /// Its name, as options and reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Webgpu => "webgpu",
            Self::Cpu => "cpu",
        }
    }
}

/// How to hold a model.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// How matrices are held; `None` keeps the file's precision.
    pub dtype: Option<Dtype>,
    /// Weights that would take more than this so, and are not quantised, are rounded to what suits the model's size.
    pub most_bytes: Option<u64>,
    /// How keys and values are held; `None` is f32 beside f32 matrices and f16 beside all others.
    pub kv: Option<KvDtype>,
    /// Most positions a session may reach; `None` is the model's own limit, 4096 at most.
    pub context: Option<u32>,
    /// What computes.
    pub device: Device,
    /// Ask the adapter for WebGPU's default limits even where it offers more.
    pub default_limits: bool,
    /// Ask the adapter for timestamps, by which kernels are measured.
    pub timestamps: bool,
    /// How the processor multiplies activations with quantised weights; a GPU takes them as they are.
    pub activations: Activations,
    /// Threads of the processor that share the work; 0 is one for each core. A browser's worker has one.
    pub threads: usize,
}

impl LoadOptions {
    /// How the matrices of a checkpoint are held.
    pub(crate) fn held(&self, checkpoint: &Checkpoint) -> Held {
        let held = checkpoint.held(self.dtype);
        let bytes: u64 = checkpoint.tensors.iter().map(|tensor| held.bytes(tensor)).sum();
        match self.most_bytes {
            Some(most) if self.dtype.is_none() && bytes > most => checkpoint.held(checkpoint.suited_dtypes()),
            _ => held,
        }
    }

    /// How keys and values are held.
    pub(crate) fn kv(&self) -> KvDtype {
        self.kv.unwrap_or(match self.dtype {
            Some(Dtype::F32) => KvDtype::F32,
            _ => KvDtype::F16,
        })
    }

    /// Most positions of a session, in a model that allows `most`.
    ///
    /// # Errors
    /// More are asked for, or none.
    pub(crate) fn context(&self, most: u32) -> Result<u32, Error> {
        match self.context {
            None => Ok(CONTEXT.min(most)),
            Some(asked) if (1..=most).contains(&asked) => Ok(asked),
            Some(asked) => Err(Error::Option {
                name: "context",
                fault: format!("{asked} positions asked; this model's config allows 1 to {most}"),
            }),
        }
    }
}

/// What to generate from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// A conversation, rendered by the model's chat template.
    Chat(Vec<text::Message>),
    /// Text taken as it stands: special-token text becomes its ids, BOS only where the tokenizer adds one.
    Raw(String),
}

/// How to generate.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GenerateOptions {
    /// Most tokens to generate; `None` goes on until the model stops or the context is full.
    pub max_tokens: Option<u32>,
    /// Most tokens of thinking: the closing tag is put after them, and the model answers; `None` lets it think on.
    pub max_reasoning_tokens: Option<u32>,
    /// Tell each token's log probability, and those of so many of the likeliest in its place, 20 at most.
    pub logprobs: Option<u32>,
    /// How a token is chosen from logits.
    pub sampling: Sampling,
    /// Strings that end the generation, left out of the text.
    pub stop: Vec<String>,
    /// The day a template may name, as `strftime_now` asks: ISO 8601 without an offset, from the caller, who has a clock.
    pub date: Option<String>,
}
