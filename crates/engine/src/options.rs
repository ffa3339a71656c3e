//! What a caller may ask for, at loading and for one generation.

use checkpoint::{Checkpoint, Held};
use serde::Deserialize;

use crate::Error;
use crate::sampler::Sampling;

pub use checkpoint::Dtype;
pub use decoder::KvDtype;

/// Most positions a session may reach where the caller does not say.
const CONTEXT: u32 = 4096;

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
    /// Ask the adapter for WebGPU's default limits even where it offers more.
    pub default_limits: bool,
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
    /// How a token is chosen from logits.
    pub sampling: Sampling,
    /// Strings that end the generation, left out of the text.
    pub stop: Vec<String>,
    /// The day a template may name, as `strftime_now` asks: ISO 8601 without an offset, from the caller, who has a clock.
    pub date: Option<String>,
}
