//! Answers that choose among lettered ones.

use crate::token::Token;

/// The letter of a right answer that is nothing else: `\text{(C)}`, `(C)`, `C`.
pub(crate) fn choice(tokens: &[Token]) -> Option<char> {
    match tokens {
        [open, letter, close] if *open == Token::Symbol('(') && *close == Token::Symbol(')') => {
            lettered(letter)
        }
        [letter] => lettered(letter),
        _ => None,
    }
}

/// The letter that an answer chooses, perhaps with what stands there behind it: `(C) 5`, `C. 5`.
pub(crate) fn chosen(tokens: &[Token]) -> Option<char> {
    let ends = |token: &Token| matches!(token, Token::Symbol('.' | ':' | ')'));
    match tokens {
        [_, letter, close, ..] if choice(&tokens[..3]).is_some() && ends(close) => lettered(letter),
        [letter, end, ..] if ends(end) => lettered(letter),
        _ => choice(tokens),
    }
}

fn lettered(token: &Token) -> Option<char> {
    match token {
        Token::Letter(letter @ 'A'..='F') => Some(*letter),
        Token::Word(word) => match word.as_bytes() {
            [letter @ b'a'..=b'f'] => Some(letter.to_ascii_uppercase() as char),
            _ => None,
        },
        _ => None,
    }
}
