//! What can go wrong, in words for the person who reads them.

use std::fmt;

/// Why loading or generating failed.
#[derive(Clone, Debug)]
pub enum Error {
    /// The face could not reach a file; its own words.
    Files(String),
    /// The model is there for those alone who have a licence or a login; the face's own words.
    Gated(String),
    /// A file the model needs is not there.
    MissingFile {
        /// Its name.
        name: String,
        /// What to do.
        hint: &'static str,
    },
    /// The checkpoint is broken or of a kind that is not supported.
    Checkpoint(checkpoint::Error),
    /// Tokenizer or chat template.
    Text(text::Error),
    /// The GPU, or the forward pass on it.
    Decoder(decoder::Error),
    /// The processor, or the forward pass on it.
    Cpu(cpu::Error),
    /// Keys and values of all positions find no memory.
    KvMemory {
        /// Positions that were asked for.
        positions: u32,
    },
    /// The model came without a tokenizer, and text was asked for.
    NoTokenizer,
    /// Tokenizer and model disagree about the number of tokens.
    Vocabulary {
        /// Tokens the tokenizer knows.
        tokenizer: u32,
        /// Rows of the model's embedding.
        model: u32,
    },
    /// An option lies outside what is possible.
    Option {
        /// Its name.
        name: &'static str,
        /// What was found and what is expected.
        fault: String,
    },
    /// There is nothing to continue.
    EmptyPrompt,
    /// The prompt leaves no room for a single token.
    PromptTooLong {
        /// Tokens of the prompt.
        tokens: u32,
        /// Positions of the context.
        context: u32,
    },
    /// A token id beyond the vocabulary.
    TokenId {
        /// The id.
        id: u32,
        /// Rows of the embedding.
        vocab_size: u32,
    },
    /// A logit is NaN or infinite: what would follow is noise.
    NonFinite {
        /// The position whose logits they are.
        position: u32,
    },
    /// `next` was called and no generation runs.
    NotStarted,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(words) | Self::Gated(words) => write!(f, "{words}"),
            Self::MissingFile { name, hint } => write!(f, "{name} is missing; {hint}"),
            Self::Checkpoint(err) => write!(f, "{err}"),
            Self::Text(err) => write!(f, "{err}"),
            Self::Decoder(err) => write!(f, "{err}"),
            Self::Cpu(err) => write!(f, "{err}"),
            Self::KvMemory { positions } => write!(
                f,
                "there is no memory for keys and values of {positions} positions; ask for a smaller context"
            ),
            Self::NoTokenizer => {
                write!(f, "the model came without a tokenizer; put tokenizer.json beside its weights")
            }
            Self::Vocabulary { tokenizer, model } => write!(
                f,
                "the tokenizer has ids up to {tokenizer}, the model {model} embeddings; they do not belong together"
            ),
            Self::Option { name, fault } => write!(f, "{name}: {fault}"),
            Self::EmptyPrompt => write!(f, "the prompt is empty; give some text"),
            Self::PromptTooLong { tokens, context } => write!(
                f,
                "the prompt has {tokens} tokens and the context {context} positions; shorten the prompt or ask for a \
                 larger context"
            ),
            Self::TokenId { id, vocab_size } => {
                write!(f, "token id {id}; this model's ids end at {}", vocab_size - 1)
            }
            Self::NonFinite { position } => write!(
                f,
                "the logits after position {position} are not finite; the weights are damaged or the device \
                 computes wrongly, and the generation was stopped rather than continued with noise"
            ),
            Self::NotStarted => write!(f, "no generation runs; start one first"),
        }
    }
}

impl std::error::Error for Error {}

impl From<checkpoint::Error> for Error {
    fn from(err: checkpoint::Error) -> Self {
        Self::Checkpoint(err)
    }
}

impl From<text::Error> for Error {
    fn from(err: text::Error) -> Self {
        Self::Text(err)
    }
}

impl From<decoder::Error> for Error {
    fn from(err: decoder::Error) -> Self {
        Self::Decoder(err)
    }
}

impl From<cpu::Error> for Error {
    fn from(err: cpu::Error) -> Self {
        Self::Cpu(err)
    }
}
