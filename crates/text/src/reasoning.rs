//! What a model thinks, told from what it answers.

use serde::Serialize;

use crate::code::{Code, closes};

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// A stretch of generated text, thinking told from answer, without the tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "channel", content = "text", rename_all = "snake_case")]
pub enum Part {
    /// What the model thinks before it answers.
    Thinking(String),
    /// What it answers.
    Answer(String),
    /// Everything that came as its answer so far was thinking: the tag that ends it came, and none had begun it.
    AnswerWasThinking,
}

/// Tells thinking from answer in text that comes in pieces, tags split over them included.
///
/// `<think>` counts at the very beginning and nowhere else; `</think>` counts once, outside code. Whitespace next to a
/// counting tag belongs to neither side.
#[derive(Clone, Debug)]
pub struct Reasoning {
    phase: Phase,
    /// Text that is not given out yet: it may be part of a tag, or be whitespace before one.
    held: String,
    /// Bytes of `held` that `code` has seen.
    seen: usize,
    code: Code,
    /// Whether whitespace is dropped, since a tag stands before it.
    after_tag: bool,
    has_answered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing but whitespace so far.
    Beginning,
    Thinking,
    /// An answer that no thinking came before: a closing tag would turn it into thinking.
    Unthought,
    /// The answer after thinking: tags are text.
    Answer,
}

impl Reasoning {
    /// Begins a text; `starts_thinking` where the prompt already ends with the opening tag.
    pub fn new(starts_thinking: bool) -> Self {
        let phase = if starts_thinking { Phase::Thinking } else { Phase::Beginning };
        Self {
            phase,
            held: String::new(),
            seen: 0,
            code: Code::default(),
            after_tag: starts_thinking,
            has_answered: false,
        }
    }

    /// Whether a prompt leaves the model thinking: it ends with the opening tag.
    pub fn starts_thinking(prompt: &str) -> bool {
        prompt.trim_end().ends_with(OPEN)
    }

    /// Whether what comes now is thinking, as far as is known.
    pub fn is_thinking(&self) -> bool {
        self.phase == Phase::Thinking
    }

    /// Takes the next piece and gives back what it makes certain.
    pub fn push(&mut self, text: &str) -> Vec<Part> {
        self.held.push_str(text);
        self.parts(false)
    }

    /// Ends the thinking from outside: what was held back belongs to it, and what comes now is the answer, unless the model
    /// thinks on and ends that itself.
    pub fn close(&mut self) -> Vec<Part> {
        self.held.truncate(self.held.trim_end().len());
        self.seen = self.seen.min(self.held.len());
        let parts = self.parts(true);
        (self.phase, self.after_tag, self.code) = (Phase::Unthought, true, Code::default());
        parts
    }

    /// What was held back, at the end of the text.
    pub fn finish(&mut self) -> Vec<Part> {
        self.parts(true)
    }

    fn parts(&mut self, is_end: bool) -> Vec<Part> {
        let mut parts = Vec::new();
        if self.phase == Phase::Beginning && !self.begin(is_end) {
            return parts;
        }
        if self.after_tag {
            self.drop_whitespace();
        }
        if matches!(self.phase, Phase::Thinking | Phase::Unthought) {
            let closing = self.find_close(is_end);
            let certain = match closing {
                Some(at) => self.held[..at].trim_end().len(),
                None if is_end => self.held.len(),
                None => self.held[..self.seen].trim_end().len(),
            };
            self.give(certain, &mut parts);
            if closing.is_some() {
                if self.phase == Phase::Unthought && self.has_answered {
                    parts.push(Part::AnswerWasThinking);
                }
                let end = self.held.find(CLOSE).map_or(0, |at| at + CLOSE.len());
                self.held.drain(..end);
                (self.phase, self.after_tag) = (Phase::Answer, true);
                self.drop_whitespace();
            }
        }
        if self.phase == Phase::Answer {
            self.give(self.held.len(), &mut parts);
        }
        parts
    }

    /// Decides how the text begins; `false` while that is open.
    fn begin(&mut self, is_end: bool) -> bool {
        let text = self.held.trim_start();
        if let Some(rest) = text.strip_prefix(OPEN) {
            self.held = rest.to_owned();
            (self.phase, self.after_tag) = (Phase::Thinking, true);
        } else if is_end || !OPEN.starts_with(text) {
            self.phase = Phase::Unthought;
        }
        self.phase != Phase::Beginning
    }

    fn drop_whitespace(&mut self) {
        let whitespace = self.held.len() - self.held.trim_start().len();
        self.held.drain(..whitespace);
        self.seen = self.seen.saturating_sub(whitespace);
        self.after_tag = self.held.is_empty();
    }

    /// Where a closing tag that counts begins in `held`; without one, `seen` is how far it is certain that there is none.
    fn find_close(&mut self, is_end: bool) -> Option<usize> {
        while let Some(character) = self.held[self.seen..].chars().next() {
            let rest = &self.held[self.seen..];
            if let Some(after) = rest.strip_prefix(CLOSE) {
                let is_code = self.code.in_fence()
                    || match self.code.span() {
                        None => false,
                        Some(length) => match closes(after, length) {
                            Some(is_code) => is_code,
                            None if is_end => closes(&format!("{after}\n"), length) == Some(true),
                            None => return None,
                        },
                    };
                if !is_code {
                    return Some(self.seen);
                }
            } else if CLOSE.starts_with(rest) && !is_end {
                return None;
            }
            self.code.push(character);
            self.seen += character.len_utf8();
        }
        None
    }

    /// Gives out the first `bytes` of what is held.
    fn give(&mut self, bytes: usize, parts: &mut Vec<Part>) {
        if bytes == 0 {
            return;
        }
        let text: String = self.held.drain(..bytes).collect();
        self.seen = self.seen.saturating_sub(bytes);
        self.has_answered |= self.phase != Phase::Thinking;
        parts.push(if self.phase == Phase::Thinking { Part::Thinking(text) } else { Part::Answer(text) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thinking and answer of `text`, given in pieces of `bytes` (at character boundaries).
    fn split(text: &str, bytes: usize, starts_thinking: bool) -> (String, String) {
        let mut reasoning = Reasoning::new(starts_thinking);
        let (mut thinking, mut answer) = (String::new(), String::new());
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let cut =
                (bytes..).find(|&cut| rest.is_char_boundary(cut.min(rest.len()))).unwrap().min(rest.len());
            parts.extend(reasoning.push(&rest[..cut]));
            rest = &rest[cut..];
        }
        parts.extend(reasoning.finish());
        for part in parts {
            match part {
                Part::Thinking(text) => thinking.push_str(&text),
                Part::Answer(text) => answer.push_str(&text),
                Part::AnswerWasThinking => thinking.push_str(&std::mem::take(&mut answer)),
            }
        }
        (thinking, answer)
    }

    fn holds(text: &str, starts_thinking: bool, thinking: &str, answer: &str) {
        for bytes in [1, 2, 3, 5, 7, 1000] {
            let found = split(text, bytes, starts_thinking);
            assert_eq!(found, (thinking.to_owned(), answer.to_owned()), "{text:?} in pieces of {bytes}");
        }
    }

    #[test]
    fn tags_split_over_pieces_are_tags() {
        holds(
            "<think>\nOkay, 2 < 3.\n</think>\n\nThe answer is **5**.\n",
            false,
            "Okay, 2 < 3.",
            "The answer is **5**.\n",
        );
        holds("\n <think>a</think>b", false, "a", "b");
        holds("<think></think>b", false, "", "b");
    }

    #[test]
    fn a_missing_opening_tag_is_made_up_for() {
        holds("Okay, é.\n</think>\n\n5", true, "Okay, é.", "5");
        holds("Okay, é.\n</think>\n\n5", false, "Okay, é.", "5");
        holds("</think>5", false, "", "5");
    }

    #[test]
    fn no_tag_at_all_is_an_answer_and_thinking_may_never_end() {
        holds(" Plain text. \n", false, "", " Plain text. \n");
        holds("<thin", false, "", "<thin");
        holds("", false, "", "");
        holds("<think>a\n", false, "a\n", "");
        holds("a </thin", true, "a </thin", "");
    }

    #[test]
    fn a_tag_in_code_is_text() {
        holds("<think>The tag `</think>` ends it. </think>Yes", false, "The tag `</think>` ends it.", "Yes");
        holds("<think>```xml\n</think>\n```\nso</think>Yes", false, "```xml\n</think>\n```\nso", "Yes");
        holds("Write `<think>` and `</think>`.", false, "", "Write `<think>` and `</think>`.");
        holds(
            "<think>a</think>It prints </think> and <think>.",
            false,
            "a",
            "It prints </think> and <think>.",
        );
    }

    #[test]
    fn a_stray_backtick_hides_no_tag() {
        holds("<think>a ` b</think>c", false, "a ` b", "c");
        holds("<think>a ` b</think>\nc `d`", false, "a ` b", "c `d`");
    }

    #[test]
    fn thinking_that_is_ended_from_outside_keeps_what_was_held() {
        let mut reasoning = Reasoning::new(false);
        assert_eq!(reasoning.push("<think>```\na </thi"), [Part::Thinking("```\na".to_owned())]);
        assert_eq!(reasoning.close(), [Part::Thinking(" </thi".to_owned())]);
        assert_eq!(reasoning.push("\n\nb"), [Part::Answer("b".to_owned())]);
        let thought_on = [Part::AnswerWasThinking, Part::Answer("c".to_owned())];
        assert_eq!(reasoning.push(" </think> c"), thought_on);
        let mut reasoning = Reasoning::new(true);
        assert_eq!(reasoning.push("a \n"), [Part::Thinking("a".to_owned())]);
        assert_eq!(reasoning.close(), []);
        assert!(!reasoning.is_thinking());
    }

    #[test]
    fn certain_text_is_given_at_once() {
        let mut reasoning = Reasoning::new(false);
        assert_eq!(reasoning.push("<think>a"), [Part::Thinking("a".to_owned())]);
        assert!(reasoning.is_thinking());
        assert_eq!(reasoning.push(" b <"), [Part::Thinking(" b".to_owned())]);
        assert_eq!(reasoning.push("/think> c"), [Part::Answer("c".to_owned())]);
        assert!(!reasoning.is_thinking());
        assert_eq!(Reasoning::new(false).push("a b "), [Part::Answer("a b".to_owned())]);
        assert!(Reasoning::starts_thinking("<|assistant|><think>\n"));
    }
}
