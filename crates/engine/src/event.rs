//! What a generation says while it runs.

use serde::Serialize;
use text::Part;

use crate::logprobs::Chosen;

/// One step of a generation, in the order they happen: `Prompt`, any number of `Token`, one `Done`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The prompt stands in the KV cache; the first token comes next.
    Prompt {
        /// Tokens of the whole prompt.
        tokens: u32,
        /// Of these, how many stood in the cache already.
        cached: u32,
    },
    /// A token was sampled.
    Token {
        /// Its id.
        id: u32,
        /// The text it completes: nothing while a character or a stop string is half there.
        text: String,
        /// The same, thinking told from answer, without the tags: nothing while a tag is half there.
        parts: Vec<Part>,
        /// How likely it was, where that was asked for and the token was not put there to end the thinking.
        #[serde(skip_serializing_if = "Option::is_none")]
        logprob: Option<Chosen>,
    },
    /// The generation has ended.
    Done(Finish),
}

/// How a generation ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finish {
    /// Why.
    pub reason: FinishReason,
    /// Text that was held back until the end.
    pub text: String,
    /// The same, thinking told from answer.
    pub parts: Vec<Part>,
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// Generated tokens, the stop id included.
    pub completion_tokens: u32,
    /// Of these, how many were thinking.
    pub reasoning_tokens: u32,
}

/// Why a generation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// A stop id or a stop string.
    Stop,
    /// The token limit that was asked for.
    Length,
    /// The context is full.
    Context,
    /// The KV cache could not grow.
    Memory,
    /// The caller asked.
    Abort,
}
