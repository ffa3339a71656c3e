//! Answers as they are kept: lines of JSON, the first of which tells under what conditions they were made.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;

/// What every answer of a file has in common: with another of these it might have been another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// The suite's name.
    pub suite: String,
    /// SHA-256 of the suite's file.
    pub data_sha256: String,
    /// Problems in it.
    pub problems: u32,
    /// What the model is called.
    pub model: String,
    /// Parameters it has.
    pub parameters: u64,
    /// How its matrices are held.
    pub dtypes: Vec<String>,
    /// How keys and values are held.
    pub kv: String,
    /// How the processor takes activations; what a GPU does is f32.
    pub activations: String,
    /// What kind of device computed.
    pub device: String,
    /// That device by name.
    pub adapter: String,
    /// The version of the engine.
    pub reckon: String,
    /// Most positions of a session.
    pub context: u32,
    /// Most tokens of an answer.
    pub max_tokens: u32,
    /// 0 is greedy.
    pub temperature: f32,
    /// From the likeliest tokens that together have this probability.
    pub top_p: f32,
    /// Of this come the order of problems and the seed of each answer.
    pub seed: u64,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The problem's number.
    pub number: u32,
    /// Which of the problem's answers it is, from 0.
    pub sample: u32,
    /// The seed of its draws.
    pub seed: u32,
    /// All that the model wrote, thinking and answer.
    pub text: String,
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// Tokens that were written.
    pub completion_tokens: u32,
    /// Why it ended: `stop`, `length`, `context`, `memory`.
    pub finish_reason: String,
    /// Milliseconds it took.
    pub ms: f64,
}

/// A file of answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What all of them have in common.
    pub conditions: Conditions,
    /// Each problem's, in the order they were made.
    pub answers: Vec<Answered>,
    /// Bytes of the file that are whole lines: what is behind them was interrupted.
    pub bytes: usize,
}

impl Kept {
    /// What `text` holds; `None` where not even its first line is whole. A last line without an end is not read.
    ///
    /// # Errors
    /// A line is not what it should be; its number is told.
    pub fn read(text: &str) -> Result<Option<Self>, Error> {
        let bytes = text.rfind('\n').map_or(0, |at| at + 1);
        let mut lines = text[..bytes].lines().enumerate();
        let fault =
            |line: usize, err: serde_json::Error| Error::Answer { line: line + 1, fault: err.to_string() };
        let Some((_, first)) = lines.next() else { return Ok(None) };
        let conditions = serde_json::from_str(first).map_err(|err| fault(0, err))?;
        let read = |(i, line): (usize, &str)| serde_json::from_str(line).map_err(|err| fault(i, err));
        let answers = lines.map(read).collect::<Result<_, _>>()?;
        Ok(Some(Self { conditions, answers, bytes }))
    }

    /// Whether there is this answer already.
    pub fn has(&self, number: u32, sample: u32) -> bool {
        self.answers.iter().any(|answer| (answer.number, answer.sample) == (number, sample))
    }
}

impl Conditions {
    /// Answers made under `self` may go on under `now`.
    ///
    /// # Errors
    /// The first condition that differs.
    pub fn must_be(&self, now: &Self) -> Result<(), Error> {
        // By way of text, in which a number stands as a person would write it.
        let fields = |conditions| -> Map<String, Value> {
            serde_json::from_str(&line(conditions)).expect("conditions are plain data")
        };
        let (found, expected) = (fields(self), fields(now));
        match found.iter().find(|(name, value)| expected.get(*name) != Some(value)) {
            None => Ok(()),
            Some((name, value)) => Err(Error::Conditions {
                name: name.clone(),
                found: value.to_string(),
                expected: expected[name].to_string(),
            }),
        }
    }
}

/// A line of a file, with its end.
pub fn line(what: &impl Serialize) -> String {
    serde_json::to_string(what).expect("what is kept is plain data") + "\n"
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn conditions() -> Conditions {
        Conditions {
            suite: "gsm8k".into(),
            data_sha256: "00".into(),
            problems: 3,
            model: "a".into(),
            parameters: 1,
            dtypes: vec!["q4".into()],
            kv: "f16".into(),
            activations: "int8".into(),
            device: "cpu".into(),
            adapter: "a processor".into(),
            reckon: "0.1.0".into(),
            context: 64,
            max_tokens: 32,
            temperature: 0.6,
            top_p: 0.95,
            seed: 0,
        }
    }

    pub(crate) fn answered(number: u32, sample: u32, text: &str) -> Answered {
        Answered {
            number,
            sample,
            seed: 1,
            text: text.into(),
            prompt_tokens: 4,
            completion_tokens: 2,
            finish_reason: "stop".into(),
            ms: 1.5,
        }
    }

    #[test]
    fn what_was_kept_is_read_up_to_where_it_was_interrupted() {
        let whole = line(&conditions()) + &line(&answered(2, 0, "so: 4\n")) + &line(&answered(0, 1, "5"));
        let torn = format!("{whole}{{\"number\": 1");
        let kept = Kept::read(&torn).unwrap().unwrap();
        assert_eq!(kept.answers, [answered(2, 0, "so: 4\n"), answered(0, 1, "5")]);
        assert_eq!((kept.conditions.clone(), kept.bytes), (conditions(), whole.len()));
        assert!(kept.has(0, 1) && !kept.has(0, 0) && !kept.has(1, 0));
        assert_eq!(Kept::read("{\"suite\"").unwrap(), None);
        assert_eq!(Kept::read("").unwrap(), None);
    }

    #[test]
    fn a_line_that_is_no_answer_is_told() {
        let text = line(&conditions()) + "{}\n";
        assert_eq!(
            Kept::read(&text).unwrap_err().to_string(),
            "line 2: missing field `number` at line 1 column 2"
        );
    }

    #[test]
    fn answers_go_on_under_the_same_conditions_alone() {
        conditions().must_be(&conditions()).unwrap();
        let now = Conditions { temperature: 0.0, ..conditions() };
        assert_eq!(
            conditions().must_be(&now).unwrap_err().to_string(),
            "its answers were made with temperature 0.6, and now it would be 0.0"
        );
    }
}
