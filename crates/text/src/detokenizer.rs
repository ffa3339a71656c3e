//! Token ids to text, whole characters at a time.

use crate::Tokenizer;

/// Turns ids into text as they come, and never splits a character: what is half there waits for its rest.
#[derive(Clone, Debug, Default)]
pub struct Detokenizer {
    /// Bytes that do not end a character yet; at most three.
    held: Vec<u8>,
}

impl Detokenizer {
    /// The text that `id` completes. Special tokens have none; an id without a token, and bytes that are no UTF-8, read U+FFFD.
    pub fn push(&mut self, tokenizer: &Tokenizer, id: u32) -> String {
        if tokenizer.is_special(id) {
            return String::new();
        }
        match tokenizer.token(id) {
            Some(token) => push_bytes(&token, &mut self.held),
            None => self.held.extend_from_slice("\u{FFFD}".as_bytes()),
        }
        let mut text = String::new();
        let mut whole = 0;
        for chunk in self.held.utf8_chunks() {
            text.push_str(chunk.valid());
            whole += chunk.valid().len();
            // An invalid stretch at the very end may be the beginning of a character.
            let is_last = whole + chunk.invalid().len() == self.held.len();
            if chunk.invalid().is_empty() || (is_last && may_begin_character(chunk.invalid())) {
                break;
            }
            text.push(char::REPLACEMENT_CHARACTER);
            whole += chunk.invalid().len();
        }
        self.held.drain(..whole);
        text
    }

    /// What is left when no more ids come: U+FFFD where a character stayed half.
    pub fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.held)).into_owned()
    }
}

/// Whether `bytes`, which are no character, could become one.
/// The bytes that a token stands for, which may be a part of a character; a special token's are its name's.
pub fn token_bytes(tokenizer: &Tokenizer, id: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(token) = tokenizer.token(id) {
        push_bytes(&token, &mut bytes);
    }
    bytes
}

fn may_begin_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|err| err.error_len().is_none())
}

/// Appends the bytes of a token in GPT-2's alphabet of 256 printable characters, or, where it has others, its own.
///
/// Source: `bytes_to_unicode` of GPT-2's encoder.py; `ByteLevel` of the tokenizers library decodes in the same way.
fn push_bytes(token: &str, bytes: &mut Vec<u8>) {
    let length = bytes.len();
    for character in token.chars() {
        let Some(byte) = byte(character) else {
            bytes.truncate(length);
            return bytes.extend_from_slice(token.as_bytes());
        };
        bytes.push(byte);
    }
}

/// The byte that a character of the alphabet stands for: printable Latin-1 for itself, U+0100 and up for the others in order.
fn byte(character: char) -> Option<u8> {
    match u32::from(character) {
        code @ (0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF) => Some(code as u8),
        code @ 0x100..=0x120 => Some((code - 0x100) as u8),
        code @ 0x121..=0x142 => Some((code - 0x121 + 0x7F) as u8),
        0x143 => Some(0xAD),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_every_byte_once() {
        let mut bytes: Vec<u8> = (0..0x200).filter_map(char::from_u32).filter_map(byte).collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
    }

    #[test]
    fn a_token_outside_the_alphabet_is_its_own_text() {
        let mut bytes = vec![b'x'];
        push_bytes("a b", &mut bytes);
        assert_eq!(bytes, b"xa b");
    }
}
