//! Answers that choose among lettered ones.

use crate::scoring::token::Token;

/// The letter of a right answer that is nothing else: `\text{(C)}`, `(C)`, `C`.
pub(crate) fn choice(tokens: &[Token]) -> Option<char> {
    match without_braces(tokens)[..] {
        [Token::Symbol('('), letter, Token::Symbol(')')] | [letter] => lettered(letter),
        _ => None,
    }
}

/// The letter that an answer chooses, perhaps with what stands there behind it: `(C) 5`, `C. 5`.
pub(crate) fn chosen(tokens: &[Token]) -> Option<char> {
    match without_braces(tokens)[..] {
        [_, _, _, Token::Symbol('+' | '-' | '*' | '/' | '^' | '='), ..] => None,
        [Token::Symbol('('), letter, Token::Symbol(')'), ..] => lettered(letter),
        [letter, Token::Symbol('.' | ':' | ')'), ..] => lettered(letter),
        _ => choice(tokens),
    }
}

fn without_braces(tokens: &[Token]) -> Vec<&Token> {
    tokens.iter().filter(|token| !matches!(token, Token::Symbol('{' | '}'))).collect()
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
