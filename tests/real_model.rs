//! SmolLM2-135M-Instruct, greedy, against transformers in f32 on the same dequantised weights: token for token, or
//! parting where the two best were as good as equal.

use std::fs;
use std::path::PathBuf;

use reckon_tests::{Run, not_run, root};
use serde_json::Value;

/// f32 sums in another order and an f16 KV cache move logits of this model by about 1e-2; two that are nearer than
/// this to each other may change places.
const NEAR: f64 = 3e-2;

#[test]
fn a_raw_prompt_of_prose_continues_as_in_transformers() {
    continues_as_in_transformers("prose");
}

#[test]
fn a_raw_prompt_of_code_continues_as_in_transformers() {
    continues_as_in_transformers("code");
}

#[test]
fn a_chat_written_out_continues_as_in_transformers() {
    continues_as_in_transformers("chat");
}

#[test]
fn a_sum_asked_without_a_system_message_continues_as_in_transformers() {
    continues_as_in_transformers("sums");
}

#[test]
fn a_prompt_in_many_scripts_continues_as_in_transformers() {
    continues_as_in_transformers("many scripts");
}

fn continues_as_in_transformers(name: &str) {
    let text = fs::read_to_string(root().join("golden/smollm2.json")).expect("the golden is committed");
    let golden: Value = serde_json::from_str(&text).expect("the golden is JSON");
    let Some(model) = model(&golden) else { return };
    let prompts = golden["prompts"].as_array().expect("prompts");
    let prompt = prompts.iter().find(|prompt| prompt["name"] == name).expect("a prompt of that name");
    let options = ["--raw", "--temperature", "0", "--max-tokens", "64"];
    for device in Run::devices() {
        let text = prompt["prompt"].as_str().expect("text");
        let report = Run::generate(&model, text, &[device, &options].concat());
        is_as_in_transformers(prompt, &report);
    }
}

/// All tokens are those of transformers, or part from them where the two best were as good as equal.
fn is_as_in_transformers(prompt: &Value, report: &Value) {
    let name = prompt["name"].as_str().expect("a name");

    let prompt_ids = prompt["prompt_ids"].as_array().expect("ids");
    assert_eq!(report["prompt_tokens"], prompt_ids.len(), "{name}: tokens of the prompt");
    let (found, expected) = (ids(&report["tokens"]), ids(&prompt["tokens"]));
    let speed = format!(
        "prefill {:.1}, decode {:.1} tokens/s on {}",
        report["prefill_tokens_per_s"], report["decode_tokens_per_s"], report["adapter"]
    );
    let parting = (0..found.len().max(expected.len())).find(|i| found.get(*i) != expected.get(*i));
    let Some(at) = parting else {
        println!("{name}: all {} tokens equal; {speed}", found.len());
        // What an unfinished character at the end becomes is a matter of taste.
        if !prompt["text"].as_str().expect("text").contains('\u{fffd}') {
            assert_eq!(report["text"], prompt["text"], "{name}: the text of the tokens");
        }
        return;
    };
    let gap = prompt["gaps"][at].as_f64().unwrap_or(f64::INFINITY);
    let (second, taken) = (prompt["second"][at].as_u64(), found.get(at).copied());
    println!(
        "{name}: equal for {at} tokens, then {taken:?} for {:?}; the second best was {second:?}, {gap} below; {speed}",
        expected.get(at)
    );
    assert!(
        gap <= NEAR,
        "{name}: parts at token {at}, where the best logit leads by {gap}, more than {NEAR}"
    );
    assert_eq!(taken, second, "{name}: parts at token {at} to neither of the two best");
}

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().expect("a list of ids").iter().map(|id| id.as_u64().expect("an id")).collect()
}

/// The model's path, or NOT RUN.
fn model(golden: &Value) -> Option<PathBuf> {
    let name = golden["model"]["name"].as_str().expect("a name");
    let path = root().parent().expect("the repository").join(".models").join(name);
    let size = fs::metadata(&path).map(|metadata| metadata.len());
    match size {
        Err(_) => not_run(&format!("{} is not here; `cargo xtask fetch` fetches it", path.display())),
        Ok(size) if golden["model"]["size_bytes"] != size => {
            not_run(&format!("{}: {size} bytes, another file than the golden's", path.display()));
        }
        Ok(_) => return Some(path),
    }
    None
}
