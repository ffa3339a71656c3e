//! Writes every golden case where a browser can fetch it: `golden-models FOLDER`.
//!
//! FOLDER/cases.json lists the cases; FOLDER/NAME/ has the model's files (the case's `files`), FOLDER/NAME/expected.json
//! ids, positions, largest logit and texts, and FOLDER/NAME/expected.f32 the logits, (P, V) little-endian.
//! `tiny_text_folder` is `tiny_text` as a Hugging Face folder: the same expectations. What is all of blocks is to be held
//! as it is, the rest as f32: the case's `dtype`.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use reckon_tests::{Case, ModelFile, largest};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("golden-models: name the folder to write into");
        return ExitCode::FAILURE;
    };
    match write_all(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("golden-models: {}: {err}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn write_all(folder: &Path) -> std::io::Result<()> {
    let mut cases = Vec::new();
    for case in Case::all() {
        cases.push(write_case(folder, &case.name, &case, case.files(), case.is_gguf())?);
        if !case.texts.is_empty() {
            cases.push(write_case(folder, &format!("{}_folder", case.name), &case, case.folder(), false)?);
        }
    }
    for case in Case::of_blocks() {
        let mut entry = write_case(folder, &case.name, &case, case.files(), true)?;
        entry["dtype"] = Value::Null;
        cases.push(entry);
    }
    let large = Case::of_20_mb();
    cases.push(write_case(folder, &large.name, &large, large.files(), false)?);
    fs::write(folder.join("cases.json"), serde_json::to_vec_pretty(&cases)?)
}

/// Writes one case: its entry in cases.json.
fn write_case(
    folder: &Path,
    name: &str,
    case: &Case,
    files: Vec<ModelFile>,
    gguf: bool,
) -> std::io::Result<Value> {
    let home = folder.join(name);
    fs::create_dir_all(&home)?;
    let mut names = Vec::new();
    for file in files {
        fs::write(home.join(&file.name), &file.bytes)?;
        names.push(file.name);
    }
    let texts = case.texts.iter().map(|text| {
        json!({ "prompt": text.prompt, "prompt_ids": text.prompt_ids, "tokens": text.tokens, "text": text.text })
    });
    let expected = json!({
        "ids": case.ids,
        "positions": case.positions,
        "vocab_size": case.vocab_size(),
        "largest_logit": largest(&case.logits),
        "texts": texts.collect::<Vec<_>>(),
    });
    fs::write(home.join("expected.json"), expected.to_string())?;
    let logits: Vec<u8> = case.logits.iter().flat_map(|logit| logit.to_le_bytes()).collect();
    fs::write(home.join("expected.f32"), logits)?;
    Ok(json!({ "name": name, "gguf": gguf, "files": names, "dtype": "f32" }))
}
