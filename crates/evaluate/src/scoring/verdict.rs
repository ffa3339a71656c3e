//! Two texts to a verdict: every reading of one against every reading of the other.

use crate::scoring::choice::{choice, chosen};
use crate::scoring::equal::equal;
use crate::scoring::shape::{Shape, shape, words};
use crate::scoring::token::{Token, tokens};

/// Longest answer that is read as mathematics, in bytes; a longer one must be the same text.
const MOST_BYTES: usize = 4096;

/// Whether an answer is equal to the right one, `gold`: as a text, a value, a set, an interval, a matrix, an equation.
pub fn same(answer: &str, gold: &str) -> bool {
    let (answer, gold) = (answer.trim(), gold.trim());
    if answer.is_empty() || gold.is_empty() {
        return false;
    }
    if answer == gold || MOST_BYTES < answer.len().max(gold.len()) {
        return answer == gold;
    }
    let readings = |text: &str| {
        let grouped = tokens(text, true);
        let loose = text.contains([',', ' ']).then(|| tokens(text, false));
        loose.into_iter().chain([grouped]).collect::<Vec<_>>()
    };
    let (answers, golds) = (readings(answer), readings(gold));
    answers.iter().any(|answer| golds.iter().any(|gold| same_reading(answer, gold)))
}

fn same_reading(answer: &[Token], gold: &[Token]) -> bool {
    if same_tokens(answer, gold) {
        return true;
    }
    if let Some(letter) = choice(gold) {
        return chosen(answer) == Some(letter);
    }
    let gold_shape = shape(gold);
    let by_words = matches!(gold_shape, Shape::Words(_)) && same_words(answer, gold);
    by_words || equal(&shape(answer), &gold_shape)
}

/// The same but for spaces and capitals.
fn same_tokens(answer: &[Token], gold: &[Token]) -> bool {
    let same = |a: &Token, b: &Token| match (a, b) {
        (Token::Letter(a), Token::Letter(b)) => a.to_lowercase().eq(b.to_lowercase()),
        (Token::Word(word), Token::Letter(letter)) | (Token::Letter(letter), Token::Word(word)) => {
            letter.to_lowercase().eq(word.chars())
        }
        (a, b) => a == b,
    };
    !gold.is_empty()
        && answer.len() == gold.len()
        && answer.iter().zip(gold).all(|(answer, gold)| same(answer, gold))
}

/// The same letters, where what is right is words; an article before them adds nothing.
fn same_words(answer: &[Token], gold: &[Token]) -> bool {
    if !gold.iter().any(|token| matches!(token, Token::Word(_))) {
        return false;
    }
    let (answer, gold) = (words(answer), words(gold));
    let without = |article: &str| answer.strip_prefix(article) == Some(&gold);
    !gold.is_empty() && ["", "a", "an", "the"].into_iter().any(without)
}
