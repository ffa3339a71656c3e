//! `reckon logits` against transformers: every golden case, f32 on the GPU and on the processor, in every way tokens can
//! go in.

use std::path::Path;

use reckon_tests::{Case, Figure, Fixture, Run};
use serde_json::json;

/// f32 sums in another order cost up to 5e-6 (`prefill_against_one_by_one` in golden/manifest.json
/// holds transformers against itself); a wrong epsilon in one norm already costs 1e-3.
const F32_TOLERANCE: f32 = 1e-4;
/// K and V rounded to 11 bits, 5e-4 each, summed over layers and positions; reported, and bounded against blunders.
const F16_KV_TOLERANCE: f32 = 2e-2;

#[test]
fn prefill_computes_what_transformers_computes() {
    every_case("prefill", F32_TOLERANCE, |_| vec!["--dtype", "f32"]);
}

#[test]
fn one_by_one_computes_what_transformers_computes() {
    every_case("one by one", F32_TOLERANCE, |_| vec!["--dtype", "f32", "--prefill", "1"]);
}

#[test]
fn prefill_and_then_one_by_one_computes_what_transformers_computes() {
    every_case("mixed", F32_TOLERANCE, |case| match case.ids.len() {
        1 => vec!["--dtype", "f32", "--kv", "f32", "--prefill", "1"],
        2..=40 => vec!["--dtype", "f32", "--prefill", "2"],
        41..=200 => vec!["--dtype", "f32", "--prefill", "23"],
        _ => vec!["--dtype", "f32", "--prefill", "250"],
    });
}

#[test]
fn the_files_own_dtypes_compute_what_transformers_computes() {
    every_case("file's dtype", F32_TOLERANCE, |case| match case.holds_only_f32() {
        true => Vec::new(),
        false => vec!["--kv", "f32"],
    });
}

#[test]
fn an_f16_kv_cache_costs_little() {
    every_case("f16 KV", F16_KV_TOLERANCE, |case| match case.ids.len() {
        // One layout of each kind is enough for a figure.
        41 | 100 | 777 => vec!["--dtype", "f32", "--kv", "f16"],
        _ => Vec::new(),
    });
}

#[test]
fn greedy_text_is_what_transformers_generates() {
    let case = Case::named("tiny_text");
    for (form, files) in [("GGUF", case.files()), ("folder", case.folder())] {
        let fixture = Fixture::default();
        files.iter().for_each(|file| drop(fixture.write(&file.name, &file.bytes)));
        let model = fixture.path(if form == "GGUF" { "model.gguf" } else { "" });
        for (text, device) in
            case.texts.iter().flat_map(|text| Run::devices().into_iter().map(move |d| (text, d)))
        {
            let options = ["--raw", "--temperature", "0", "--max-tokens", "16"];
            let report = Run::generate(&model, &text.prompt, &[device, &options].concat());
            let what = format!("{form}, {device:?}, {:?}", text.prompt);
            assert_eq!(report["prompt_tokens"], text.prompt_ids.len(), "{what}: tokens of the prompt");
            assert_eq!(report["tokens"], json!(text.tokens), "{what}: found, left; transformers, right");
            let reason = if text.tokens.len() < 16 { "stop" } else { "length" };
            assert_eq!(report["finish_reason"], reason, "{what}");
        }
    }
}

#[test]
fn a_split_gguf_computes_what_the_whole_one_does() {
    let case = Case::named("llama4_gguf_mixed");
    let (whole, split) = (Fixture::default(), Fixture::default());
    let expected = Run::logits(&case.write(&whole), &case.ids, &[]);
    let parts = case.gguf().split(3);
    parts.iter().for_each(|(name, file)| drop(split.write(name, &file.bytes())));
    for (name, _) in &parts {
        assert!(Run::logits(&split.path(name), &case.ids, &[]) == expected, "found by {name}");
    }
}

/// Runs every case for which `options` are given, and holds its logits against the golden's.
fn every_case(way: &str, tolerance: f32, options: impl Fn(&Case) -> Vec<&'static str>) {
    for device in Run::devices() {
        let way = format!("{}, {way}", device[1]);
        let (mut worst, mut count, mut faults) = (0.0_f32, 0, Vec::new());
        for case in Case::all() {
            let options = options(&case);
            if options.is_empty() {
                continue;
            }
            let fixture = Fixture::default();
            let figure = compare(&case, &case.write(&fixture), &[device, &options].concat());
            println!("{way:20} {:46} {figure}", case.name);
            worst = worst.max(figure.relative);
            count += 1;
            if figure.relative > tolerance {
                faults.push(format!("{}: {figure}", case.name));
            }
        }
        println!("{way:20} worst of {count}: {worst:.2e} of max|logit|, {tolerance:.0e} is tolerated");
        assert!(faults.is_empty(), "{way}, over {tolerance:.0e}:\n{}", faults.join("\n"));
    }
}

fn compare(case: &Case, model: &Path, options: &[&str]) -> Figure {
    let logits = Run::logits(model, &case.ids, options);
    assert_eq!(logits.len(), case.ids.len() * case.vocab_size(), "{}: (T, V)", case.name);
    Figure::of(&case.chosen(&logits), &case.logits, case.vocab_size())
}
