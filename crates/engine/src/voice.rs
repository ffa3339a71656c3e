//! How a model reads and speaks: its tokenizer and its chat template, from wherever they came.

use checkpoint::Checkpoint;
use text::{ChatTemplate, GgufVocabulary, Special, Tokenizer};

use crate::{Error, Prompt};

/// A tokenizer and the template that goes with it.
pub(crate) struct Voice {
    pub(crate) tokenizer: Tokenizer,
    template: ChatTemplate,
    /// What a template writes for `bos_token` and `eos_token`.
    bos_token: String,
    eos_token: String,
}

impl Voice {
    pub(crate) fn from_gguf(checkpoint: &Checkpoint) -> Result<Self, Error> {
        let metadata = checkpoint.gguf.as_ref().ok_or(Error::NoTokenizer)?;
        let tokens = metadata.strings("tokenizer.ggml.tokens").ok_or(Error::NoTokenizer)?;
        let vocabulary = GgufVocabulary {
            model: metadata.string("tokenizer.ggml.model").ok_or(Error::NoTokenizer)?,
            pre: metadata.string("tokenizer.ggml.pre"),
            tokens,
            token_types: metadata.i32s("tokenizer.ggml.token_type").unwrap_or(&[]),
            merges: metadata.strings("tokenizer.ggml.merges").unwrap_or(&[]),
            bos: checkpoint.config.bos_token_id,
            eos: checkpoint.config.eos_token_ids.first().copied(),
            unk: metadata.u32("tokenizer.ggml.unknown_token_id"),
            add_bos: metadata.bool("tokenizer.ggml.add_bos_token"),
            add_eos: metadata.bool("tokenizer.ggml.add_eos_token"),
        };
        let tokenizer = Tokenizer::from_gguf(&vocabulary)?;
        let template = match metadata.string("tokenizer.chat_template") {
            Some(source) => ChatTemplate::new(source)?,
            None => ChatTemplate::fallback(),
        };
        let named = |id: Option<u32>| id.and_then(|id| tokenizer.token(id)).unwrap_or_default();
        let (bos_token, eos_token) = (named(vocabulary.bos), named(vocabulary.eos));
        Ok(Self { tokenizer, template, bos_token, eos_token })
    }
}
