//! Messages to token ids, none of them forged.

use crate::chat_template::Context;
use crate::{ChatTemplate, Error, Message, Special, Tokenizer};

/// How a model is spoken to: its template, and what that writes for BOS and EOS.
#[derive(Clone, Debug)]
pub struct Conversation {
    template: ChatTemplate,
    bos_token: String,
    eos_token: String,
}

impl Conversation {
    /// Conversations in `template`, or in Llama 3's format where the model brings none and has its tokens.
    ///
    /// # Errors
    /// There is no template, and the tokenizer is not Llama 3's.
    pub fn new(
        template: Option<ChatTemplate>,
        tokenizer: &Tokenizer,
        bos_token: String,
        eos_token: String,
    ) -> Result<Self, Error> {
        let is_llama3 = tokenizer.token_id("<|start_header_id|>").is_some();
        let template = template.or(is_llama3.then(ChatTemplate::fallback)).ok_or(Error::NoTemplate)?;
        Ok(Self { template, bos_token, eos_token })
    }

    /// Token ids of `messages` up to the beginning of the assistant's turn, and the text they stand for.
    ///
    /// Special tokens are the template's alone: where a message spells one out, it stays text. `date` is for templates that
    /// name the day.
    ///
    /// # Errors
    /// The template refuses the conversation.
    pub fn encode(
        &self,
        tokenizer: &Tokenizer,
        messages: &[Message],
        date: Option<&str>,
    ) -> Result<(Vec<u32>, String), Error> {
        let context = Context { bos_token: &self.bos_token, eos_token: &self.eos_token, date };
        let joint = joint(messages);
        let text = self.template.render(&plain(tokenizer, messages, joint), context)?;
        let mut ids = Vec::new();
        for piece in text.split(joint) {
            ids.extend(tokenizer.encode(piece, Special::None)?);
        }
        Ok((ids, text.replace(joint, "")))
    }
}

/// A character that no message has.
fn joint(messages: &[Message]) -> char {
    let is_free = |joint: &char| !messages.iter().any(|message| message.content.contains(*joint));
    ('\u{E000}'..='\u{F8FF}').find(is_free).unwrap_or('\u{E000}')
}

/// The messages, with `joint` after the first character of every special token's text, so that it is never whole.
fn plain(tokenizer: &Tokenizer, messages: &[Message], joint: char) -> Vec<Message> {
    let mut messages = messages.to_vec();
    for special in tokenizer.special_texts() {
        let (head, tail) = special.split_at(special.chars().next().map_or(0, char::len_utf8));
        for message in messages.iter_mut().filter(|message| message.content.contains(special)) {
            message.content = message.content.replace(special, &format!("{head}{joint}{tail}"));
        }
    }
    messages
}
