//! `reckon eval`: answers that are kept, taken up where they ended, and judged.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use reckon_tests::{Fixture, Run, reckon, root};
use serde_json::{Value, json};

/// How long a first answer may be waited for: the binary may be cold, the machine busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sums that the embedded model knows, in the form of GSM8K's file.
fn sums(fixture: &Fixture, count: u32) -> PathBuf {
    let sum = |i: u32| (14 + 7 * i, 23 + 5 * i);
    let line = |i| {
        let (a, b) = sum(i);
        json!({ "question": format!("What is {a} + {b}?"), "answer": format!("{a} + {b} = {0}\n#### {0}", a + b) })
    };
    let lines: String = (0..count).map(|i| format!("{}\n", line(i))).collect();
    fixture.write("gsm8k_test.jsonl", lines.as_bytes())
}

fn arguments(data: &Path, out: &Path, options: &[&str]) -> Vec<OsString> {
    let model = root().parent().expect("the repository").join("web/embedded/reckon-mini.gguf");
    let words: [&OsStr; 9] = [
        "eval".as_ref(),
        "--suite=gsm8k".as_ref(),
        "--data".as_ref(),
        data.as_ref(),
        "--model".as_ref(),
        model.as_ref(),
        "--out".as_ref(),
        out.as_ref(),
        "--json".as_ref(),
    ];
    let options = Run::CPU.iter().chain(options).map(OsString::from);
    words.into_iter().map(OsStr::to_owned).chain(options).collect()
}

/// What a run came to, without the time it took.
fn summary(run: &Run) -> Value {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut summary: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|err| panic!("{err}: {}", run.stdout));
    summary["seconds"].take();
    summary
}

/// The answers of a file: everything of a line but the time it took.
fn answers(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_else(|err| panic!("{}: {err}", file.display()));
    let answer = |line: &str| {
        let mut answer: Value = serde_json::from_str(line).unwrap_or_else(|err| panic!("{err}: {line}"));
        answer["ms"].take();
        answer
    };
    text.lines().skip(1).map(answer).collect()
}

#[test]
fn an_evaluation_that_was_killed_goes_on_and_comes_to_the_same() {
    let fixture = Fixture::default();
    let data = sums(&fixture, 12);
    let (whole, killed) = (fixture.path("whole.jsonl"), fixture.path("killed.jsonl"));
    let expected = summary(&Run::of(arguments(&data, &whole, &[])));
    assert_eq!(
        (&expected["asked"], &expected["answers"], &expected["ended"]["stop"]),
        (&json!(12), &json!(12), &json!(12))
    );
    assert!(expected["right"].as_u64().unwrap() >= 9, "the embedded model knows sums: {expected}");

    let mut command = Command::new(reckon());
    let mut child = command
        .args(arguments(&data, &killed, &[]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let lines = || fs::read_to_string(&killed).map_or(0, |text| text.lines().count());
    while lines() < 3 {
        assert!(started.elapsed() < PATIENCE, "no answer came");
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = answers(&killed);
    // As if it had been killed in the middle of a line as well.
    let torn = fs::read_to_string(&killed).unwrap() + "{\"number\":1,\"sam";
    fs::write(&killed, torn).unwrap();

    assert_eq!(summary(&Run::of(arguments(&data, &killed, &[]))), expected);
    let after = answers(&killed);
    assert_eq!(after, answers(&whole));
    assert_eq!(after[..before.len()], before, "what was there stays");
}

#[test]
fn a_larger_limit_goes_on_from_a_smaller_one_and_samples_differ() {
    let fixture = Fixture::default();
    let data = sums(&fixture, 8);
    let out = fixture.path("answers.jsonl");
    let options = |limit: &'static str| {
        ["--limit", limit, "--samples", "2", "--temperature", "9", "--top-p", "1", "--max-tokens", "24"]
    };
    let few = summary(&Run::of(arguments(&data, &out, &options("2"))));
    assert_eq!((&few["asked"], &few["samples"], &few["answers"]), (&json!(2), &json!(2), &json!(4)));
    let first = answers(&out);
    let more = summary(&Run::of(arguments(&data, &out, &options("4"))));
    assert_eq!((&more["asked"], &more["answers"]), (&json!(4), &json!(8)));
    assert_eq!(answers(&out)[..4], first);
    let texts: Vec<&Value> = first
        .iter()
        .filter(|answer| answer["number"] == first[0]["number"])
        .map(|answer| &answer["text"])
        .collect();
    assert_eq!(texts.len(), 2);
    assert_ne!(texts[0], texts[1], "each sample has draws of its own");
    assert_eq!(
        summary(&Run::of(arguments(&data, &out, &options("2")))),
        few,
        "the first two alone, of the same file"
    );
}

#[test]
fn answers_are_not_mixed_and_a_file_of_anothers_is_left_as_it_is() {
    let fixture = Fixture::default();
    let data = sums(&fixture, 3);
    let out = fixture.path("answers.jsonl");
    summary(&Run::of(arguments(&data, &out, &["--limit", "1"])));
    let kept = fs::read(&out).unwrap();
    let told = |out: &Path, options: &[&str]| {
        let run = Run::of(arguments(&data, out, options));
        assert_eq!(run.code, Some(1), "{}", run.stdout);
        run.stderr
    };
    let words = told(&out, &["--temperature", "0"]);
    assert!(
        words.contains("answers were made with temperature 0.6, and now it would be 0.0; give another --out"),
        "{words}"
    );
    let words = told(&out, &["--dtype", "q4"]);
    assert!(words.contains("answers were made with dtypes [\"q8\"]"), "{words}");
    assert_eq!(fs::read(&out).unwrap(), kept);

    let letter = fixture.write("letter.txt", b"Dear reader");
    let words = told(&letter, &[]);
    assert!(words.contains("it holds no answers of reckon eval"), "{words}");
    assert_eq!(fs::read(&letter).unwrap(), b"Dear reader");
}

#[test]
fn a_kept_file_is_judged_again_without_a_model() {
    let fixture = Fixture::default();
    let data = sums(&fixture, 4);
    let out = fixture.path("answers.jsonl");
    let expected = summary(&Run::of(arguments(&data, &out, &[])));
    let judge = |data: &Path, suite: &str| {
        Run::of([
            "eval".as_ref(),
            "--suite".as_ref(),
            suite.as_ref(),
            "--data".as_ref(),
            data.as_os_str(),
            "--judge".as_ref(),
            out.as_os_str(),
            "--json".as_ref(),
        ] as [&OsStr; 8])
    };
    assert_eq!(summary(&judge(&data, "gsm8k")), expected);
    // An answer that says something else is judged by what it says.
    let text = fs::read_to_string(&out).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[1]["text"] = "So the answer is \\boxed{-1}.".into();
    fs::write(&out, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let wrong = summary(&judge(&data, "gsm8k"));
    assert_eq!(wrong["right"].as_u64().unwrap() + 1, expected["right"].as_u64().unwrap());

    let other = Fixture::default();
    let words = judge(&sums(&other, 3), "gsm8k").stderr;
    assert!(words.contains("it answers another file of problems"), "{words}");
    let words = judge(fixture.folder(), "aime24").stderr;
    assert!(words.contains("no aime24_test.jsonl there; it is github.com/QwenLM/Qwen2.5-Math"), "{words}");
}

#[test]
fn code_is_run_on_request_alone() {
    let fixture = Fixture::default();
    let row = json!({
        "task_id": "own/0",
        "entry_point": "twice",
        "prompt": "def twice(x):\n    \"\"\"Two times x.\"\"\"\n",
        "test": "def check(candidate):\n    assert candidate(4) == 8\n",
    });
    let data = fixture.write("HumanEval.jsonl", format!("{row}\n").repeat(2).as_bytes());
    let hash = fixture.path("answers.jsonl");
    let run = |options: &[&str]| {
        let words: [&OsStr; 7] = [
            "eval".as_ref(),
            "--suite=humaneval".as_ref(),
            "--data".as_ref(),
            data.as_ref(),
            "--judge".as_ref(),
            hash.as_ref(),
            "--json".as_ref(),
        ];
        Run::of(words.into_iter().map(OsStr::to_owned).chain(options.iter().map(OsString::from)))
    };
    fs::write(&hash, code_answers(&fs::read(&data).unwrap())).unwrap();
    let left = summary(&run(&[]));
    assert_eq!((&left["not_run"], &left["share"]), (&json!(2), &Value::Null));
    let asked = run(&["--run-code"]);
    if asked.code == Some(0) {
        let judged = summary(&asked);
        assert_eq!(
            (&judged["not_run"], &judged["right"], &judged["share"]["share"]),
            (&json!(0), &json!(1), &json!(0.5))
        );
    } else {
        assert!(asked.stderr.contains("only where it can be shut in"), "{}", asked.stderr);
    }
}

/// A file of two answers to [`code_is_run_on_request_alone`]'s problems: one right, one wrong.
fn code_answers(data: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let sha256: String = Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect();
    let conditions = json!({
        "suite": "humaneval", "data_sha256": sha256, "problems": 2, "model": "by hand", "parameters": 0, "dtypes": [], "kv": "",
        "activations": "", "device": "", "adapter": "", "reckon": "", "context": 0, "max_tokens": 0, "temperature": 0.0,
        "top_p": 1.0, "seed": 0,
    });
    let answer = |number, text| {
        json!({
            "number": number, "sample": 0, "seed": 0, "text": text, "prompt_tokens": 1, "completion_tokens": 1,
            "finish_reason": "stop", "ms": 1.0,
        })
    };
    let right = answer(0, "```python\ndef twice(x):\n    return x + x\n```");
    let wrong = answer(1, "```python\ndef twice(x):\n    return x * x\n```");
    format!("{conditions}\n{right}\n{wrong}\n")
}
