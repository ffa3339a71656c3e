//! One suite's problems, asked once.

use std::fmt::Write;

use evaluate::record::{Answered, Conditions, line};
use evaluate::{Gold, Judged, Problem, Suite, Summary, Verdict, answer_seed, final_answer, order};
use serde::Serialize;
use sha2::{Digest, Sha256};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// A suite's problems, and the answers to them as they come.
#[wasm_bindgen]
pub struct Exam {
    problems: Vec<Problem>,
    sha256: String,
    conditions: Option<Conditions>,
    answers: Vec<Graded>,
}

struct Graded {
    answer: Answered,
    verdict: Verdict,
    found: Option<&'static str>,
}

/// `Question` in JavaScript's words.
#[derive(Serialize)]
struct Question<'a> {
    number: u32,
    seed: u32,
    question: &'a str,
    gold: &'a str,
}

/// `Grade` in JavaScript's words.
#[derive(Serialize)]
struct Grade<'a> {
    verdict: Verdict,
    answer: Option<String>,
    standing: Standing<'a>,
}

/// `Standing` in JavaScript's words.
#[derive(Serialize)]
struct Standing<'a> {
    summary: Summary,
    title: String,
    rows: Vec<(&'a str, String)>,
}

#[wasm_bindgen]
impl Exam {
    /// Reads the file of the suite of that name.
    ///
    /// # Errors
    /// No page asks that suite, or the file is none of its.
    #[wasm_bindgen(constructor)]
    pub fn new(suite: &str, file: &[u8]) -> Result<Exam, JsError> {
        let asked = Suite::parse(suite).filter(|suite| *suite != Suite::HumanEval);
        let suite = asked.ok_or_else(|| fault(&format!("a page asks no suite {suite:?}")))?;
        let text =
            str::from_utf8(file).map_err(|_| fault(&format!("{}: the file is no text", suite.title())))?;
        let problems = suite.problems(text).map_err(|error| fault(&error.to_string()))?;
        let mut sha256 = String::new();
        for byte in Sha256::digest(file) {
            write!(sha256, "{byte:02x}").expect("a text takes what is written");
        }
        Ok(Self { problems, sha256, conditions: None, answers: Vec::new() })
    }

    /// Problems in the file.
    #[wasm_bindgen(getter)]
    pub fn problems(&self) -> u32 {
        self.problems.len() as u32
    }

    /// SHA-256 of the file.
    #[wasm_bindgen(getter)]
    pub fn data_sha256(&self) -> String {
        self.sha256.clone()
    }

    /// What a seed asks: so many of its first problems, each once, as `Question[]` in JSON.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn questions(&self, seed: u32, limit: u32) -> Result<String, JsError> {
        let seed = u64::from(seed);
        let numbers = order(self.problems(), seed).into_iter().take(limit as usize);
        let question = |number| {
            let Problem { question, .. } = &self.problems[number as usize];
            let gold = self.gold(number).unwrap_or_default();
            Question { number, seed: answer_seed(seed, number, 0), question, gold }
        };
        json(&numbers.map(question).collect::<Vec<_>>())
    }

    /// Begins anew, under these `Conditions` in JSON.
    ///
    /// # Errors
    /// They lack something, or tell of another file.
    pub fn begin(&mut self, conditions: &str) -> Result<(), JsError> {
        let conditions: Conditions =
            serde_json::from_str(conditions).map_err(|error| fault(&error.to_string()))?;
        if (conditions.problems, &conditions.data_sha256) != (self.problems(), &self.sha256) {
            return Err(fault("the conditions tell of another file"));
        }
        self.conditions = Some(conditions);
        self.answers.clear();
        Ok(())
    }

    /// Takes an answer, an `Answered` in JSON, and says what it is worth, as `Grade` in JSON.
    ///
    /// # Errors
    /// It lacks something, there is no such problem, or no conditions have been told.
    pub fn grade(&mut self, answer: &str) -> Result<String, JsError> {
        let answer: Answered = serde_json::from_str(answer).map_err(|error| fault(&error.to_string()))?;
        let gold = self.gold(answer.number).ok_or_else(|| fault("there is no such problem"))?;
        let Judged { verdict, found, .. } = Judged::of(&answer, gold);
        let said = final_answer(&answer.text).map(|answer| answer.text);
        self.answers.push(Graded { answer, verdict, found });
        json(&Grade { verdict, answer: said, standing: self.standing()? })
    }

    /// Conditions and answers as `reckon eval --judge` reads them: lines of JSON.
    ///
    /// # Errors
    /// No conditions have been told.
    pub fn lines(&self) -> Result<String, JsError> {
        let answers = self.answers.iter().map(|graded| line(&graded.answer));
        Ok(line(self.conditions()?) + &answers.collect::<String>())
    }
}

impl Exam {
    fn gold(&self, number: u32) -> Option<&str> {
        match &self.problems.get(number as usize)?.gold {
            Gold::Answer(gold) => Some(gold),
            Gold::Function(_) => None,
        }
    }

    fn conditions(&self) -> Result<&Conditions, JsError> {
        self.conditions.as_ref().ok_or_else(|| fault("nothing has begun"))
    }

    /// What all answers come to, of which there is one at least.
    fn standing(&self) -> Result<Standing<'static>, JsError> {
        let judged = self.answers.iter().map(|graded| {
            let Graded { answer, verdict, found } = graded;
            Judged { answer, verdict: *verdict, found: *found }
        });
        let judged: Vec<Judged> = judged.collect();
        let summary = Summary::of(self.conditions()?, &judged);
        Ok(Standing { title: summary.title(), rows: summary.rows(), summary })
    }
}

fn json(what: &impl Serialize) -> Result<String, JsError> {
    Ok(serde_json::to_string(what)?)
}

fn fault(words: &str) -> JsError {
    JsError::new(words)
}
