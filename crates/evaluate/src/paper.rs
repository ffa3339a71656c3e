//! What the paper says of its models, and of those it is held against.
//!
//! Source: facebookresearch/MobileLLM-R1, README.md at cfc816c: tables of post-trained models, 0-shot pass@1 (AIME'24 the mean of
//! 64 runs), and of base models for HumanEval.

use serde::Serialize;

use crate::Suite;

/// A row of the paper for one suite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The model, as the paper calls it.
    pub model: &'static str,
    /// Percent of answers that were right.
    pub percent: f64,
}

/// Models, and their percents of MATH500, GSM8K, AIME'24 and HumanEval; what the paper does not tell is no number.
const ROWS: [(&str, [f64; 4]); 14] = [
    ("MobileLLM-R1-140M", [6.2, 4.1, f64::NAN, f64::NAN]),
    ("MobileLLM-R1-360M", [28.4, 24.5, f64::NAN, f64::NAN]),
    ("MobileLLM-R1-950M", [74.0, 67.5, 15.5, f64::NAN]),
    ("MobileLLM-R1-140M-base", [f64::NAN, f64::NAN, f64::NAN, 15.9]),
    ("MobileLLM-R1-360M-base", [f64::NAN, f64::NAN, f64::NAN, 32.9]),
    ("MobileLLM-R1-950M-base", [f64::NAN, f64::NAN, f64::NAN, 46.3]),
    ("SmolLM2-135M-Instruct", [3.0, 2.4, f64::NAN, f64::NAN]),
    ("SmolLM2-360M-Instruct", [3.4, 8.1, f64::NAN, f64::NAN]),
    ("SmolLM2-1.7B-Instruct", [19.2, 41.8, 0.3, f64::NAN]),
    ("Qwen2.5-0.5B-Instruct", [31.2, 48.1, 0.1, f64::NAN]),
    ("Qwen2.5-1.5B-Instruct", [54.0, 70.0, 2.5, f64::NAN]),
    ("Qwen3-0.6B", [73.0, 79.2, 11.3, f64::NAN]),
    ("Gemma-3-270m-it", [6.8, 8.4, f64::NAN, f64::NAN]),
    ("LLaMA3.2-1B-Instruct", [24.8, 38.8, 1.1, f64::NAN]),
];

impl Row {
    /// The paper's row of the model that `name` (a path, a hub's id) has the name of, where it tells this suite.
    pub fn of(suite: Suite, name: &str) -> Option<Self> {
        let at = match suite {
            Suite::Math500 => 0,
            Suite::Gsm8k => 1,
            Suite::Aime24 => 2,
            Suite::HumanEval => 3,
            Suite::Amc23 => return None,
        };
        let name = letters(name);
        // The longest: a base model's name begins as its post-trained kin's.
        let (model, percents) = ROWS
            .into_iter()
            .filter(|(model, _)| name.contains(&letters(model)))
            .max_by_key(|(model, _)| model.len())?;
        (!percents[at].is_nan()).then_some(Self { model, percent: percents[at] })
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_found_by_its_name_wherever_it_stands() {
        let percent = |suite, name| Row::of(suite, name).map(|row| row.percent);
        assert_eq!(percent(Suite::Math500, "facebook/MobileLLM-R1-950M@main"), Some(74.0));
        assert_eq!(percent(Suite::Gsm8k, "models/SmolLM2-135M-Instruct.Q4_1.gguf"), Some(2.4));
        assert_eq!(percent(Suite::Aime24, "/a/mobilellm_r1_950m-q4"), Some(15.5));
        assert_eq!(percent(Suite::Math500, "reckon-mini.gguf"), None);
    }

    #[test]
    fn what_the_paper_does_not_tell_is_not_told() {
        assert_eq!(Row::of(Suite::Aime24, "MobileLLM-R1-140M"), None);
        assert_eq!(Row::of(Suite::Amc23, "MobileLLM-R1-950M"), None);
        assert_eq!(Row::of(Suite::HumanEval, "MobileLLM-R1-950M"), None);
        assert_eq!(Row::of(Suite::Math500, "MobileLLM-R1-950M-base"), None);
        assert_eq!(Row::of(Suite::HumanEval, "MobileLLM-R1-950M-base").unwrap().percent, 46.3);
    }
}
