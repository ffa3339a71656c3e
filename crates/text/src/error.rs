//! What can be wrong with a tokenizer or a chat template.

use std::fmt;

/// What is wrong with a tokenizer or a chat template: what was found, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The tokenizer is broken.
    Tokenizer {
        /// What was found and what was expected.
        fault: String,
    },
    /// The tokenizer is of a kind that is not supported.
    Unsupported {
        /// What it has.
        what: String,
        /// What is supported instead.
        supported: String,
    },
    /// The chat template is broken, or refuses the conversation.
    Template {
        /// Its own words.
        fault: String,
    },
    /// The model brings no chat template, and its tokenizer lacks the tokens of the usual one.
    NoTemplate,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokenizer { fault } => write!(f, "tokenizer: {fault}"),
            Self::Unsupported { what, supported } => {
                write!(f, "tokenizer: {what} is not supported; supported are {supported}")
            }
            Self::Template { fault } => write!(f, "chat template: {fault}"),
            Self::NoTemplate => write!(
                f,
                "the model brings no chat template, and its tokenizer has no <|start_header_id|> to write a conversation \
                 with; give it raw text instead"
            ),
        }
    }
}

impl std::error::Error for Error {}
