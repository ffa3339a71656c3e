//! The model that is shipped with the page: that it is what it says, computes what transformers computes with its weights,
//! and still answers what it was trained for.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use checkpoint::{Architecture, Checkpoint, Parsed, gguf, sha256};
use reckon_tests::{Figure, Fixture, Run, root};
use safetensors::SafeTensors;
use serde_json::{Value, json};

/// What a visitor may have to download for it, the tokenizer included.
const MOST_BYTES: u64 = 6_000_000;
/// Problems that are asked here; all of them are in the kept run.
const PROBLEMS: usize = 30;
/// Of these, how many must be answered right: fewer than the kept run's share of 30, by what chance allows.
const LEAST_RIGHT: usize = 26;
/// As in golden.rs: f32 sums in another order.
const F32_TOLERANCE: f32 = 1e-4;

#[test]
fn the_file_is_small_and_of_the_same_architecture_as_the_large_models() {
    let (path, bytes) = (file("reckon-mini.gguf"), shipped("reckon-mini.gguf"));
    let size = bytes.len() as u64;
    assert!(size <= MOST_BYTES, "{size} bytes; {MOST_BYTES} is the most that is shipped");
    let header = match gguf::Header::parse(&bytes, Some(size)) {
        Ok(Parsed::Complete(header)) => header,
        Ok(Parsed::Incomplete { need_bytes }) => panic!("the header wants {need_bytes} bytes of {size}"),
        Err(err) => panic!("{}: {err}", path.display()),
    };
    let checkpoint = Checkpoint::from_gguf(vec![("reckon-mini.gguf".to_owned(), header)]);
    let checkpoint = checkpoint.unwrap_or_else(|err| panic!("{}: {err}", path.display()));
    let (config, metadata) = (&checkpoint.config, checkpoint.gguf.as_ref().expect("a GGUF has metadata"));
    assert_eq!(config.architecture, Architecture::Llama4Text);
    assert!(config.tie_word_embeddings, "one matrix is embedding and head");
    for (i, layer) in config.layers.iter().enumerate() {
        let is_plain = layer.attention_chunk_size.is_none() && layer.temperature.is_none();
        assert!(layer.use_rope && layer.use_qk_norm && is_plain, "layer {i}: {layer:?}");
    }
    for key in ["tokenizer.chat_template", "tokenizer.ggml.pre", "general.name", "general.license"] {
        assert!(metadata.string(key).is_some(), "{key} is missing: the file is all there is of the model");
    }
}

#[test]
fn problems_are_answered_right_and_every_answer_ends_by_itself() {
    let problems = problems();
    let fixture = Fixture::default();
    let lines: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
    let prompts = fixture.write("problems.jsonl", lines.as_bytes());
    let (model, prompts) = (file("reckon-mini.gguf"), prompts.display().to_string());
    let options = ["--prompts", &prompts, "--device", "cpu", "--temperature", "0", "--json"];
    let model = ["generate".into(), "--model".into(), model.into_os_string()];
    let run = Run::of(model.into_iter().chain(options.map(Into::into)));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    println!("{}", run.stderr.trim());
    let (mut right, mut endless) = (0, Vec::new());
    for line in run.stdout.lines() {
        let problem: Value = serde_json::from_str(line).expect("a line is JSON");
        let (id, output) = (&problem["id"], &problem["output"]);
        let thinking = output["thinking"].as_str().expect("thinking");
        let answer = output["answer"].as_str().expect("an answer");
        if last_boxed(answer).as_deref() == problem["answer"].as_str() {
            right += 1;
        } else {
            println!(
                "wrong: {id}: {}: {answer:?}, expected {}\n{}",
                problem["prompt"], problem["answer"], thinking
            );
        }
        if output["finish_reason"] != "stop" {
            endless.push(format!("{id}: {}", output["finish_reason"]));
        }
    }
    println!("{right} of {} are right, {LEAST_RIGHT} must be", problems.len());
    assert!(endless.is_empty(), "ended otherwise than by themselves: {}", endless.join(", "));
    assert!(right >= LEAST_RIGHT, "{right} of {} are right, {LEAST_RIGHT} must be", problems.len());
}

#[test]
fn logits_are_those_of_transformers() {
    let golden = golden();
    let bytes = golden_file("embedded.safetensors");
    assert_eq!(
        golden["logits"]["sha256"],
        sha256(&bytes),
        "golden/embedded.safetensors, and what belongs beside it"
    );
    let arrays = SafeTensors::deserialize(&bytes).expect("the golden is safetensors");
    let logits = arrays.tensor("logits").expect("the golden has logits");
    let &[prompts, last, vocab_size] = logits.shape() else {
        panic!("{:?}: (prompts, P, V)", logits.shape())
    };
    let expected: Vec<f32> =
        logits.data().as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect();
    let texts = golden["prompts"].as_array().expect("prompts");
    assert_eq!(prompts, texts.len());
    for device in Run::devices() {
        for (text, expected) in texts.iter().zip(expected.chunks_exact(last * vocab_size)) {
            let ids: Vec<u32> = [ids(&text["prompt_ids"]), ids(&text["tokens"])].concat();
            // All at once, and half of it through the cache.
            for prefill in [ids.len(), ids.len() / 2].map(|prefill| prefill.to_string()) {
                let options = [device, &["--kv", "f32", "--prefill", &prefill]].concat();
                let found = Run::logits(&file("reckon-mini.gguf"), &ids, &options);
                let found = &found[(ids.len() - last) * vocab_size..];
                let figure = Figure::of(found, expected, vocab_size);
                let what = format!("{}, {}, {prefill} at once", device[1], text["id"]);
                println!("{what}: {figure}, {F32_TOLERANCE:.0e} is tolerated");
                assert!(figure.relative <= F32_TOLERANCE, "{what}: {figure}");
            }
        }
    }
}

#[test]
fn greedy_answers_begin_as_those_of_transformers() {
    let golden = golden();
    for device in Run::devices() {
        for text in golden["prompts"].as_array().expect("prompts") {
            let (prompt, tokens) = (text["prompt"].as_str().expect("text"), ids(&text["tokens"]));
            let most = tokens.len().to_string();
            let options = [device, &["--kv", "f32", "--temperature", "0", "--max-tokens", &most]].concat();
            let report = Run::generate(&file("reckon-mini.gguf"), prompt, &options);
            let what = format!("{}, {}", device[1], text["id"]);
            assert_eq!(
                report["prompt_tokens"],
                ids(&text["prompt_ids"]).len(),
                "{what}: tokens of the prompt"
            );
            assert_eq!(report["tokens"], json!(tokens), "{what}: found, left; transformers, right");
        }
    }
}

#[test]
fn thinking_ends_at_its_budget_and_an_answer_follows() {
    let ask = |most: &[&str]| {
        let options = [Run::CPU, &["--temperature", "0"], most].concat();
        Run::generate(&file("reckon-mini.gguf"), "What is 347 + 568?", &options)
    };
    let free = ask(&[]);
    assert_eq!(ask(&["--max-thinking", "100000"])["text"], free["text"], "a budget that is not reached");
    let free = free["text"].as_str().expect("text");
    let mut thought = 0;
    for budget in [0, 9, 20] {
        let cut = ask(&["--max-thinking", &budget.to_string()]);
        let text = cut["text"].as_str().expect("text");
        let (before, after) = text.split_once("\n</think>\n\n").expect("a closing tag");
        assert!(free.starts_with(before) && before.len() < free.len() / 2, "{budget}: {text:?}, {free:?}");
        assert!(budget == 0 || before.len() > thought, "{budget}: {text:?}, {thought} bytes with less");
        thought = before.len();
        let reasoning_tokens = cut["reasoning_tokens"].as_u64().expect("a count");
        assert!(reasoning_tokens > budget, "{budget}: {reasoning_tokens}, the closing tag is counted");
        // A model may think on after it was told to answer: then that is thinking as well.
        let answer = cut["answer"].as_str().expect("an answer");
        assert!(
            !answer.is_empty() && after.ends_with(answer) && !answer.contains("</think>"),
            "{budget}: {text:?}"
        );
    }
}

/// Where a file of the embedded model is.
fn file(name: &str) -> PathBuf {
    root().parent().expect("the repository").join("web/embedded").join(name)
}

/// What a file of the embedded model holds.
fn shipped(name: &str) -> Vec<u8> {
    let path = file(name);
    fs::read(&path).unwrap_or_else(|err| {
        panic!("{}: {err}; `python web/embedded/train.py` makes it, and it is committed", path.display())
    })
}

/// The golden, which is of the file that is shipped now.
fn golden() -> Value {
    let golden: Value = serde_json::from_slice(&golden_file("embedded.json")).expect("the golden is JSON");
    assert_eq!(
        golden["model"]["sha256"],
        sha256(&shipped("reckon-mini.gguf")),
        "the golden is of another file, left, than is shipped, right; `python tests/golden/embedded.py` makes it anew"
    );
    golden
}

fn golden_file(name: &str) -> Vec<u8> {
    let path = root().join("golden").join(name);
    fs::read(&path)
        .unwrap_or_else(|err| panic!("{}: {err}; `python tests/golden/embedded.py` makes it", path.display()))
}

/// So many problems as are asked, evenly from all of them, with every category and both splits among them.
fn problems() -> Vec<Value> {
    let text = String::from_utf8(shipped("problems.jsonl")).expect("problems are text");
    let all: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a problem is JSON")).collect();
    let kind = |problem: &Value| format!("{}, {}", problem["split"], problem["category"]);
    let mut kinds: Vec<(String, Vec<Value>)> = Vec::new();
    for problem in all {
        let kind = kind(&problem);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, of_kind)) => of_kind.push(problem),
            None => kinds.push((kind, vec![problem])),
        }
    }
    let splits: BTreeSet<String> =
        kinds.iter().map(|(_, problems)| problems[0]["split"].to_string()).collect();
    assert_eq!(splits.into_iter().collect::<Vec<_>>(), ["\"held-out\"", "\"in-template\""]);
    assert!(kinds.len() <= PROBLEMS, "{} kinds of problems, and {PROBLEMS} are asked", kinds.len());
    // One of each kind, then another of each, as far apart as their number allows.
    let share = PROBLEMS.div_ceil(kinds.len());
    let nth =
        |turn: usize| kinds.iter().map(move |(_, of_kind)| of_kind[turn * of_kind.len() / share].clone());
    (0..share).flat_map(nth).take(PROBLEMS).collect()
}

/// What stands in the last `\boxed{...}` of a text, braces within it balanced, without its LaTeX: as the recipe scores.
fn last_boxed(text: &str) -> Option<String> {
    let inside = text.rsplit_once("\\boxed{")?.1;
    let mut depth = 1;
    let end = inside.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '{') - i32::from(*c == '}');
        depth == 0
    });
    end.map(|(end, _)| plain(&inside[..end]))
}

/// The words of `\text{...}`, a percent sign without its backslash, single spaces.
fn plain(boxed: &str) -> String {
    let mut parts = boxed.split("\\text{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| text.push_str(&part.replacen('}', "", 1)));
    text.replace("\\%", "%").split_whitespace().collect::<Vec<&str>>().join(" ")
}

fn ids(list: &Value) -> Vec<u32> {
    let id = |id: &Value| id.as_u64().and_then(|id| u32::try_from(id).ok()).expect("an id");
    list.as_array().expect("a list of ids").iter().map(id).collect()
}

#[test]
fn the_last_box_counts_without_its_latex() {
    let boxed = |text| last_boxed(text).unwrap();
    assert_eq!(boxed(r"\boxed{1} or \boxed{ \frac{1}{2} }."), r"\frac{1}{2}");
    assert_eq!(boxed(r"\boxed{2\text{ remainder }1}"), "2 remainder 1");
    assert_eq!(boxed(r"It is $\boxed{\text{Monday}}$, \boxed{29\%}"), "29%");
    assert_eq!(last_boxed(r"no box, or \boxed{open"), None);
}
