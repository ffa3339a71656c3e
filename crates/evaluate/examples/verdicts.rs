//! Verdicts for other programs: lines of JSON with `gold` and `answer` or `text` come in, each goes out with `answer`,
//! `found` where it was looked for, and `same`. `tests/agreement.py` calls it.

use std::io::{BufRead, Write};

use reckon_evaluate::{final_answer, same};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let mut case: Value = serde_json::from_str(&line?)?;
        if let Some(text) = case["text"].as_str() {
            let answer = final_answer(text);
            case["found"] = json!(answer.as_ref().map(|answer| format!("{:?}", answer.found)));
            case["answer"] = json!(answer.map_or(String::new(), |answer| answer.text));
        }
        case["same"] = match (case["answer"].as_str(), case["gold"].as_str()) {
            (Some(answer), Some(gold)) => json!(same(answer, gold)),
            _ => return Err("a line has neither `answer` nor `text`, or no `gold`".into()),
        };
        writeln!(out, "{case}")?;
    }
    Ok(())
}
