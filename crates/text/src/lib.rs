//! Text to token ids and back, chat templates, thinking told from answer. No IO.
//!
//! [`Tokenizer`] turns text into ids and [`Detokenizer`] turns a stream of ids back, whole characters at a time.
//! [`ChatTemplate`] writes a conversation as the model was trained to read it, and [`Reasoning`] tells what it thinks from
//! what it answers.

mod chat_template;
mod code;
mod conversation;
mod detokenizer;
mod error;
mod gguf_vocabulary;
mod json;
mod message;
mod reasoning;
mod tokenizer;

pub use chat_template::ChatTemplate;
pub use conversation::Conversation;
pub use detokenizer::{Detokenizer, token_bytes};
pub use error::Error;
pub use gguf_vocabulary::GgufVocabulary;
pub use message::Message;
pub use reasoning::{Part, Reasoning};
pub use tokenizer::{Special, Tokenizer};
