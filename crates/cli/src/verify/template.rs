//! What a model's chat template writes.

use engine::{Message, Voice};

use super::finding::Findings;
use super::published::listed;

/// How the assistant's turn begins in Llama 3's format.
const HEADER: &str = "<|start_header_id|>assistant<|end_header_id|>\n\n";

/// A conversation as the template wrote it.
pub struct Written {
    /// What was in it.
    pub what: &'static str,
    pub text: String,
}

/// Checks the template on a conversation without and one with a system message; gives what it wrote.
pub fn check(findings: &mut Findings, voice: &Voice, bos: Option<u32>, date: &str) -> Vec<Written> {
    let user = Message::new("user", "What is a prime number?");
    let system = Message::new("system", "Be brief.");
    let conversations =
        [("a user's message", vec![user.clone()]), ("a system message and a user's", vec![system, user])];
    let mut written = Vec::new();
    for (what, messages) in conversations {
        match voice.chat(&messages, Some(date)) {
            Ok((ids, text)) => {
                holds(findings, voice, bos, what, (&ids, &text));
                written.push(Written { what, text });
            }
            Err(err) => findings.hold(&template(what), format!("{:?}", err.to_string()), "a text", false),
        }
    }
    written
}

fn template(what: &str) -> String {
    format!("template of {what}")
}

fn holds(findings: &mut Findings, voice: &Voice, bos: Option<u32>, what: &str, (ids, text): (&[u32], &str)) {
    if voice.tokenizer.token_id("<|start_header_id|>").is_none() {
        return findings.skip(&template(what), format!("{} tokens", ids.len()), "not in Llama 3's format");
    }
    let at = ids.iter().enumerate().filter(|(_, id)| Some(**id) == bos).map(|(at, _)| at);
    findings.equal(&format!("{}, where BOS stands", template(what)), listed(at), Some("0"));
    let end: String = {
        let from = text.char_indices().rev().nth(HEADER.len() - 1).map_or(0, |(at, _)| at);
        text[from..].to_owned()
    };
    findings.equal(&format!("{}, its end", template(what)), format!("{end:?}"), Some(format!("{HEADER:?}")));
}
