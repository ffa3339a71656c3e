//! The sets of problems: what they are called, where they are had, and what their rows say.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Error;

/// A set of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// 500 problems of MATH's test set, the choice of "Let's Verify Step by Step".
    Math500,
    /// 1,319 word problems of grade schools.
    Gsm8k,
    /// 30 problems of the American Invitational Mathematics Examination of 2024.
    Aime24,
    /// 40 problems of the American Mathematics Competitions of 2023.
    Amc23,
    /// 164 Python functions to complete.
    HumanEval,
}

impl Suite {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Math500, Self::Gsm8k, Self::Aime24, Self::Amc23, Self::HumanEval];

    /// The suite of that name, as [`Suite::name`] spells it.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// Its name in options and kept files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Math500 => "math500",
            Self::Gsm8k => "gsm8k",
            Self::Aime24 => "aime24",
            Self::Amc23 => "amc23",
            Self::HumanEval => "humaneval",
        }
    }

    /// Its name for a person.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Math500 => "MATH-500",
            Self::Gsm8k => "GSM8K",
            Self::Aime24 => "AIME 2024",
            Self::Amc23 => "AMC 2023",
            Self::HumanEval => "HumanEval",
        }
    }

    /// What its file of JSON lines is called in a folder of such files.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Math500 => "math500_test.jsonl",
            Self::Gsm8k => "gsm8k_test.jsonl",
            Self::Aime24 => "aime24_test.jsonl",
            Self::Amc23 => "amc23_test.jsonl",
            Self::HumanEval => "HumanEval.jsonl",
        }
    }

    /// Where the file is had: a repository of GitHub and the path in it.
    pub const fn source(self) -> [&'static str; 2] {
        match self {
            Self::Math500 => {
                ["hkust-nlp/simpleRL-reason", "examples/simplelr_math_eval/data/math500/test.jsonl"]
            }
            Self::Gsm8k => ["openai/grade-school-math", "grade_school_math/data/test.jsonl"],
            Self::Aime24 => ["QwenLM/Qwen2.5-Math", "evaluation/data/aime24/test.jsonl"],
            Self::Amc23 => ["QwenLM/Qwen2.5-Math", "evaluation/data/amc23/test.jsonl"],
            Self::HumanEval => ["openai/human-eval", "data/HumanEval.jsonl.gz"],
        }
    }

    /// How often the paper asks each problem.
    pub const fn samples(self) -> u32 {
        match self {
            Self::Aime24 => 64,
            _ => 1,
        }
    }

    /// Problems of the file `text`, a line of JSON each.
    ///
    /// # Errors
    /// A line is no JSON, or lacks what a row of this suite has; its number is told.
    pub fn problems(self, text: &str) -> Result<Vec<Problem>, Error> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let read = |(number, (i, line)): (usize, (usize, &str))| {
            let row = serde_json::from_str::<Map<String, Value>>(line).map_err(|err| err.to_string());
            let problem = row.and_then(|row| self.problem(number as u32, row));
            problem.map_err(|fault| Error::Row { suite: self.title(), line: i + 1, fault })
        };
        let problems = lines.enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        match problems.is_empty() {
            true => Err(Error::NoProblem { suite: self.title() }),
            false => Ok(problems),
        }
    }

    fn problem(self, number: u32, row: Map<String, Value>) -> Result<Problem, String> {
        if self == Self::HumanEval {
            let function: Function =
                serde_json::from_value(Value::Object(row)).map_err(|err| err.to_string())?;
            let question = function.question();
            return Ok(Problem { number, question, gold: Gold::Function(Box::new(function)) });
        }
        let asked = ["problem", "question"].into_iter().find_map(|key| row.get(key));
        let question = asked.and_then(Value::as_str).ok_or("it has no \"problem\" and no \"question\"")?;
        let answer = match row.get("answer") {
            Some(Value::String(answer)) => answer.clone(),
            Some(Value::Number(answer)) => answer.to_string(),
            _ => return Err("it has no \"answer\"".to_owned()),
        };
        // A row of GSM8K has the way there before its answer.
        let answer = answer.rsplit("####").next().unwrap_or_default().trim();
        match answer.is_empty() {
            true => Err("its \"answer\" is empty".to_owned()),
            false => {
                Ok(Problem { number, question: question.to_owned(), gold: Gold::Answer(answer.to_owned()) })
            }
        }
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which row of the file it is, from 0.
    pub number: u32,
    /// What the model is asked.
    pub question: String,
    /// What it is held against.
    pub gold: Gold,
}

/// What an answer is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gold {
    /// The right answer, in mathematics.
    Answer(String),
    /// A function that has to pass tests.
    Function(Box<Function>),
}

/// A function of HumanEval.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Function {
    /// What the function is called.
    pub entry_point: String,
    /// Imports, the head and the description of the function, in Python.
    pub prompt: String,
    /// `check(candidate)`, in Python, which raises where the function is wrong.
    pub test: String,
}

impl Function {
    /// The paper's harness for code was not published: this wording is ours.
    fn question(&self) -> String {
        let prompt = self.prompt.trim();
        format!(
            "Complete this Python function. Answer with the whole function in one block of code.\n\n```python\n{prompt}\n```"
        )
    }

    /// A program in Python that ends well where what a model answered passes the tests.
    pub fn program(&self, answer: &str) -> String {
        let Self { entry_point, prompt, test } = self;
        let code = code(answer, entry_point);
        let is_whole = code.contains(&format!("def {entry_point}("));
        // What a whole function needs of the prompt is above its head: imports, and functions it calls.
        let head = prompt.rfind(&format!("def {entry_point}(")).unwrap_or(prompt.len());
        let before = if is_whole { &prompt[..head] } else { prompt };
        format!("{before}\n{code}\n\n{test}\n\ncheck({entry_point})\n")
    }
}

/// The last block of code that defines the function, else the last block, else all that was answered.
fn code<'a>(answer: &'a str, entry_point: &str) -> &'a str {
    let answer = answer.rsplit("</think>").next().unwrap_or_default();
    let blocks: Vec<&str> = answer.split("```").skip(1).step_by(2).map(without_language).collect();
    let defines = |block: &&&str| block.contains(&format!("def {entry_point}("));
    blocks.iter().rev().find(defines).or(blocks.last()).copied().unwrap_or(answer)
}

/// A block of code below the line that its language may stand on.
fn without_language(block: &str) -> &str {
    match block.split_once('\n') {
        Some((first, rest)) if first.chars().all(|c| c.is_alphanumeric()) => rest,
        _ => block,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_each_suite_are_read() {
        let gsm8k =
            Suite::Gsm8k.problems("{\"question\": \"a\", \"answer\": \"1 + 1 = 2\\n#### 2\"}\n\n").unwrap();
        assert_eq!(gsm8k, [Problem { number: 0, question: "a".into(), gold: Gold::Answer("2".into()) }]);
        let amc =
            Suite::Amc23.problems("{\"problem\": \"b\", \"question\": \"b\", \"answer\": 27.0}").unwrap();
        assert_eq!(amc[0].gold, Gold::Answer("27.0".into()));
        let row = r#"{"entry_point": "f", "prompt": "def f():\n", "test": "def check(f): f()"}"#;
        let Gold::Function(function) = &Suite::HumanEval.problems(row).unwrap()[0].gold else { panic!() };
        assert_eq!(function.entry_point, "f");
    }

    #[test]
    fn a_row_at_fault_is_told_by_its_line() {
        let told = |text| Suite::Math500.problems(text).unwrap_err().to_string();
        assert_eq!(told("\n{\"problem\": \"a\"}"), "MATH-500: line 2: it has no \"answer\"");
        assert!(told("{").starts_with("MATH-500: line 1: EOF"));
        assert_eq!(told(" \n"), "MATH-500: the file has no problem");
    }

    #[test]
    fn a_program_is_made_of_a_whole_function_or_of_its_body() {
        let function = Function {
            entry_point: "f".into(),
            prompt: "import math\n\n\ndef f(x):\n    \"\"\"Twice.\"\"\"\n".into(),
            test: "def check(candidate):\n    assert candidate(2) == 4".into(),
        };
        let end = "\n\ndef check(candidate):\n    assert candidate(2) == 4\n\ncheck(f)\n";
        let whole = "def f(x):\n    return 2 * x\n";
        for answer in [
            format!("So:\n```python\n{whole}```"),
            format!("```\nprint(1)\n```</think>```\n{whole}``` and\n```\nf(2)\n```"),
            whole.to_owned(),
        ] {
            assert_eq!(function.program(&answer), format!("import math\n\n\n\n{whole}{end}"), "{answer}");
        }
        assert_eq!(
            function.program("    return 2 * x"),
            format!("{}\n    return 2 * x{end}", function.prompt)
        );
    }
}
