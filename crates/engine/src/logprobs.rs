//! How likely a model holds its tokens for: from logits as they are, before penalty, bias and temperature.

use serde::Serialize;
use text::{Tokenizer, token_bytes};

/// Most alternatives that are told.
pub(crate) const MOST: u32 = 20;

/// A token and how likely it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Logprob {
    /// Its text, with U+FFFD for what is only a part of a character.
    pub token: String,
    /// The bytes that it stands for.
    pub bytes: Vec<u8>,
    /// Natural logarithm of its probability.
    pub logprob: f32,
}

/// The token that was chosen, and the likeliest in its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chosen {
    /// Its text, with U+FFFD for what is only a part of a character.
    pub token: String,
    /// The bytes that it stands for.
    pub bytes: Vec<u8>,
    /// Natural logarithm of its probability.
    pub logprob: f32,
    /// The likeliest tokens, the likeliest first, the lower id among equals.
    pub top: Vec<Logprob>,
}

impl Chosen {
    /// What `logits`, (V), say of token `id` and of the `count` likeliest.
    pub(crate) fn new(tokenizer: &Tokenizer, logits: &[f32], id: u32, count: u32) -> Self {
        let whole = log_sum_exp(logits);
        let of = |id: u32| {
            let bytes = token_bytes(tokenizer, id);
            let token = String::from_utf8_lossy(&bytes).into_owned();
            Logprob { token, bytes, logprob: logits[id as usize] - whole }
        };
        let Logprob { token, bytes, logprob } = of(id);
        Self { token, bytes, logprob, top: likeliest(logits, count as usize).into_iter().map(of).collect() }
    }
}

/// ln of the sum of e^x, in f64: a vocabulary has many small terms.
fn log_sum_exp(logits: &[f32]) -> f32 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - largest).exp()).sum();
    largest + sum.ln() as f32
}

fn likeliest(logits: &[f32], count: usize) -> Vec<u32> {
    let mut ids: Vec<u32> = (0..logits.len() as u32).collect();
    let falling = |a: &u32, b: &u32| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b));
    if count < ids.len() {
        ids.select_nth_unstable_by(count, falling);
        ids.truncate(count);
    }
    ids.sort_unstable_by(falling);
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_come_first_and_equals_in_their_order() {
        let logits = [0.0, 2.0, 1.0, 2.0];
        assert_eq!(likeliest(&logits, 3), [1, 3, 2]);
        assert_eq!(likeliest(&logits, 9), [1, 3, 2, 0]);
        assert!(likeliest(&logits, 0).is_empty());
    }

    #[test]
    fn probabilities_add_up_to_one_however_large_the_logits() {
        for shift in [0.0, 500.0, -500.0] {
            let logits = [0.5, -1.0, 3.0].map(|logit: f32| logit + shift);
            let whole = log_sum_exp(&logits);
            let sum: f32 = logits.iter().map(|logit| (logit - whole).exp()).sum();
            // One rounding of numbers near 500 is 3e-5.
            assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        }
    }
}
