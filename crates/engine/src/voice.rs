//! How a model reads and speaks: its tokenizer and its chat template, from wherever they came.

use checkpoint::Checkpoint;
use text::{ChatTemplate, Conversation, Detokenizer, GgufVocabulary, Message, Reasoning, Special, Tokenizer};

use crate::{Error, Prompt};

/// A tokenizer, and how conversations are written with it.
pub struct Voice {
    /// Text to ids and back.
    pub tokenizer: Tokenizer,
    /// Missing where only raw text can be continued; the error says why.
    conversation: Result<Conversation, text::Error>,
}

/// A prompt as the model reads it.
pub(crate) struct Encoded {
    pub(crate) tokens: Vec<u32>,
    /// The prompt has opened the thinking already.
    pub(crate) starts_thinking: bool,
}

impl Voice {
    pub(crate) fn from_gguf(checkpoint: &Checkpoint) -> Result<Self, Error> {
        let metadata = checkpoint.gguf.as_ref().ok_or(Error::NoTokenizer)?;
        let config = &checkpoint.config;
        let vocabulary = GgufVocabulary {
            model: metadata.string("tokenizer.ggml.model").ok_or(Error::NoTokenizer)?,
            pre: metadata.string("tokenizer.ggml.pre"),
            tokens: metadata.strings("tokenizer.ggml.tokens").ok_or(Error::NoTokenizer)?,
            token_types: metadata.i32s("tokenizer.ggml.token_type").unwrap_or(&[]),
            merges: metadata.strings("tokenizer.ggml.merges").unwrap_or(&[]),
            bos: config.bos_token_id,
            eos: metadata.u32("tokenizer.ggml.eos_token_id"),
            add_bos: metadata.bool("tokenizer.ggml.add_bos_token"),
            add_eos: metadata.bool("tokenizer.ggml.add_eos_token"),
        };
        let tokenizer = Tokenizer::from_gguf(&vocabulary)?;
        let template = metadata.string("tokenizer.chat_template").map(ChatTemplate::new).transpose();
        let named = |id: Option<u32>| id.and_then(|id| tokenizer.token(id)).unwrap_or_default();
        let special = (named(vocabulary.bos), named(vocabulary.eos));
        Ok(Self::new(tokenizer, template, special))
    }

    pub(crate) fn from_files(
        tokenizer: &[u8],
        tokenizer_config: Option<&[u8]>,
        template: Option<&[u8]>,
    ) -> Result<Self, Error> {
        let tokenizer = Tokenizer::from_json(tokenizer)?;
        let template = template.map(String::from_utf8_lossy);
        let template = ChatTemplate::from_files(tokenizer_config, template.as_deref());
        Ok(Self::new(tokenizer, template, special_tokens(tokenizer_config)))
    }

    /// `special` is what a template writes for `bos_token` and `eos_token`.
    fn new(
        tokenizer: Tokenizer,
        template: Result<Option<ChatTemplate>, text::Error>,
        (bos, eos): (String, String),
    ) -> Self {
        let conversation = template.and_then(|template| Conversation::new(template, &tokenizer, bos, eos));
        Self { tokenizer, conversation }
    }

    /// Token ids of a conversation up to the beginning of the assistant's turn, and the text they stand for; `date` is for
    /// templates that name the day.
    ///
    /// # Errors
    /// Only raw text can be continued, or the template refuses the conversation.
    pub fn chat(&self, messages: &[Message], date: Option<&str>) -> Result<(Vec<u32>, String), Error> {
        let conversation = self.conversation.as_ref().map_err(text::Error::clone)?;
        Ok(conversation.encode(&self.tokenizer, messages, date)?)
    }

    /// The text of `ids`; special tokens have none.
    pub fn text(&self, ids: &[u32]) -> String {
        let mut detokenizer = Detokenizer::default();
        let pieces = ids.iter().map(|id| detokenizer.push(&self.tokenizer, *id));
        let mut text: String = pieces.collect();
        text.push_str(&detokenizer.finish());
        text
    }

    /// Refuses a tokenizer whose ids the model has no embedding for.
    pub(crate) fn fits(&self, vocab_size: u32) -> Result<(), Error> {
        let tokenizer = self.tokenizer.vocab_size();
        if tokenizer <= vocab_size { Ok(()) } else { Err(Error::Vocabulary { tokenizer, model: vocab_size }) }
    }

    /// Token ids of a prompt that says something.
    pub(crate) fn encode(&self, prompt: &Prompt, date: Option<&str>) -> Result<Encoded, Error> {
        let last = match prompt {
            Prompt::Raw(text) => text,
            Prompt::Chat(messages) => messages.last().map_or("", |message| message.content.trim()),
        };
        if last.is_empty() { Err(Error::EmptyPrompt) } else { self.read(prompt, date) }
    }

    /// Token ids of any prompt.
    pub(crate) fn read(&self, prompt: &Prompt, date: Option<&str>) -> Result<Encoded, Error> {
        match prompt {
            Prompt::Raw(text) => Ok(Encoded {
                tokens: self.tokenizer.encode(text, Special::AsConfigured)?,
                starts_thinking: Reasoning::starts_thinking(text),
            }),
            Prompt::Chat(messages) => {
                let (tokens, text) = self.chat(messages, date)?;
                Ok(Encoded { tokens, starts_thinking: Reasoning::starts_thinking(&text) })
            }
        }
    }
}

/// `bos_token` and `eos_token` of a `tokenizer_config.json`: strings, or objects with their `content`.
fn special_tokens(tokenizer_config: Option<&[u8]>) -> (String, String) {
    let config: serde_json::Value =
        tokenizer_config.and_then(|json| serde_json::from_slice(json).ok()).unwrap_or_default();
    let token = |key: &str| {
        let value = &config[key];
        value.as_str().or_else(|| value["content"].as_str()).unwrap_or_default().to_owned()
    };
    (token("bos_token"), token("eos_token"))
}
