//! `reckon generate --prompts`: many prompts, each answered as if it were alone.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use reckon_tests::{Case, Fixture, Run};
use serde_json::{Value, json};

const GREEDY: [&str; 4] = ["--temperature", "0", "--max-tokens", "12"];

fn model(fixture: &Fixture) -> PathBuf {
    Case::named("tiny_text").write(fixture)
}

fn arguments<'a>(model: &'a Path, prompts: &'a Path, options: &[&'a str]) -> Vec<&'a OsStr> {
    let paths =
        ["generate".as_ref(), "--model".as_ref(), model.as_ref(), "--prompts".as_ref(), prompts.as_ref()];
    let options = Run::CPU.iter().chain(options).map(|option| AsRef::<OsStr>::as_ref(*option));
    paths.into_iter().chain(options).collect()
}

/// The lines that come of a file with these.
fn answered(lines: &str, options: &[&str]) -> Vec<String> {
    let fixture = Fixture::default();
    let prompts = fixture.write("prompts.jsonl", lines.as_bytes());
    let run = Run::of(arguments(&model(&fixture), &prompts, options));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout.lines().map(str::to_owned).collect()
}

fn output(line: &str) -> Value {
    serde_json::from_str::<Value>(line).unwrap_or_else(|err| panic!("{err}: {line}"))["output"].clone()
}

#[test]
fn each_prompt_is_answered_as_if_it_were_alone_and_in_order() {
    let fixture = Fixture::default();
    let model = model(&fixture);
    let texts = ["the other and on", "1 + 12", "the other and on"];
    let lines: String = texts.iter().map(|text| format!("{}\n", json!({ "prompt": text }))).collect();
    let found = answered(&lines, &GREEDY);
    assert_eq!(found.len(), texts.len());
    for (line, text) in found.iter().zip(texts) {
        let alone = Run::generate(&model, text, &[Run::CPU, &GREEDY].concat());
        let found = output(line);
        for key in ["text", "thinking", "answer", "prompt_tokens", "finish_reason"] {
            assert_eq!(found[key], alone[key], "{text:?}: {key}, among many, left; alone, right");
        }
        assert_eq!(found["completion_tokens"], alone["tokens"].as_array().unwrap().len(), "{text:?}");
    }
}

#[test]
fn what_was_given_stays_letter_for_letter_beside_the_output() {
    let given = [
        r#"{"z": 1.50, "prompt": "in the end", "answer": "\u00e9 12345678901234567890", "a": [null, {"b":1}]"#,
        r#"{ "messages": [{"role": "user", "content": "the"}, {"role": "assistant", "content": "on"}, {"role": "user", "content": "and"}], "id": 7"#,
    ];
    let lines = format!("{}}}\n\n  {} }}  \n", given[0], given[1]);
    let found = answered(&lines, &GREEDY);
    assert_eq!(found.len(), 2, "blank lines are none");
    for (found, given) in found.iter().zip(given) {
        assert!(found.starts_with(&format!("{given}, \"output\": {{")), "{found}");
        assert!(output(found)["text"].is_string(), "{found}");
    }
}

#[test]
fn a_lines_own_system_message_goes_before_the_options() {
    let lines = [
        json!({ "prompt": "on", "system": "the end" }),
        json!({ "prompt": "on" }),
        json!({ "messages": [{ "role": "system", "content": "the end" }, { "role": "user", "content": "on" }] }),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let found = answered(&lines, &[&GREEDY[..], &["--system", "another"]].concat());
    assert_eq!(output(&found[0]), output(&found[2]), "a system message of its own");
    assert_ne!(output(&found[0]), output(&found[1]), "the option's");
}

#[test]
fn a_seed_is_the_same_for_every_prompt_and_stdin_is_read_as_a_file_is() {
    let line = "{\"prompt\": \"the other\"}\n";
    let sampled = |seed| ["--temperature", "2", "--max-tokens", "12", "--seed", seed];
    let found = answered(&line.repeat(2), &sampled("7"));
    assert_eq!(found[0], found[1]);
    assert_ne!(found[0], answered(line, &sampled("8"))[0]);
    let fixture = Fixture::default();
    let prompts = fixture.write("prompts.jsonl", line.as_bytes());
    let model = model(&fixture);
    let run = Run::fed(&prompts, arguments(&model, Path::new("-"), &sampled("7")));
    assert_eq!(run.stdout.trim_end(), found[0], "{}", run.stderr);
}

#[test]
fn a_bad_line_is_named_before_a_model_is_looked_for() {
    let bad = [
        ("hello", "expected an object with \"prompt\": TEXT"),
        ("[1]", "expected an object with \"prompt\": TEXT"),
        ("{\"prompt\": \"a\"", "in JSON"),
        ("{\"text\": \"a\"}", "expected an object with \"prompt\": TEXT"),
        ("{\"prompt\": 7}", "\"prompt\": expected text, found 7"),
        ("{\"prompt\": \" \"}", "it is empty"),
        ("{\"prompt\": \"a\", \"system\": []}", "\"system\": expected text"),
        ("{\"messages\": [\"a\"]}", "\"messages\": [{\"role\""),
        ("{\"prompt\": \"a\", \"messages\": []}", "give one of them"),
        ("{\"prompt\": \"a\", \"output\": 1}", "\"output\" is where the answer goes"),
    ];
    let (fixture, nowhere) = (Fixture::default(), Path::new("no/such/model.gguf"));
    for (line, says) in bad {
        let lines = format!("{{\"prompt\": \"a\"}}\n\n{line}\n");
        let prompts = fixture.write("prompts.jsonl", lines.as_bytes());
        let run = Run::of(arguments(nowhere, &prompts, &[]));
        assert_eq!(run.code, Some(1), "{line}");
        assert!(run.stderr.contains("prompts.jsonl: line 3: "), "{line}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{line}: {}", run.stderr);
    }
    let prompts = fixture.write("prompts.jsonl", b"\n");
    let run = Run::of(arguments(nowhere, &prompts, &[]));
    assert!(run.stderr.contains("no prompt in it"), "{}", run.stderr);
}

#[test]
fn a_prompt_longer_than_the_context_is_named_before_the_first_is_answered() {
    let fixture = Fixture::default();
    let lines = format!("{{\"prompt\": \"a\"}}\n{}\n", json!({ "prompt": "the other ".repeat(100) }));
    let prompts = fixture.write("prompts.jsonl", lines.as_bytes());
    let model = model(&fixture);
    let run = Run::of(arguments(&model, &prompts, &["--context", "64"]));
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("line 2: "), "{}", run.stderr);
}
