//! `reckon pack`: a folder that holds the same model, in files that say so themselves.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use checkpoint::sha256;
use reckon_tests::{Case, Fixture, Run, Text};
use serde_json::Value;

/// Packs `model` into a folder of `fixture`.
fn pack(model: &Path, fixture: &Fixture, options: &[&str]) -> (Run, PathBuf) {
    let out = fixture.path("packed");
    let paths = ["pack".as_ref(), model.as_os_str(), out.as_os_str()];
    let run = Run::of(paths.into_iter().chain(options.iter().map(|option| AsRef::<OsStr>::as_ref(*option))));
    (run, out)
}

fn packed(model: &Path, fixture: &Fixture, options: &[&str]) -> PathBuf {
    let (run, out) = pack(model, fixture, options);
    assert_eq!(run.code, Some(0), "reckon pack {options:?}: {}", run.stderr);
    out
}

#[test]
fn a_packed_model_computes_what_its_source_does_in_the_same_types() {
    // Rows in either order, tied and untied, biases, a head apart; K-quants go from file to file as they are.
    let cases = ["mobilellm_r1_like", "untied", "attention_bias", "llama_smollm2_like", "llama4_gguf_mixed"];
    let blocks = Case::of_blocks();
    let cases = cases.map(Case::named).into_iter().chain(blocks);
    for case in cases {
        let (source, target) = (Fixture::default(), Fixture::default());
        let model = case.write(&source);
        let dtypes: &[&str] = if case.name.contains("gguf") { &[] } else { &["--dtype", "q4"] };
        let expected = Run::logits(&model, &case.ids, dtypes);
        let found = Run::logits(&packed(&model, &target, dtypes), &case.ids, &[]);
        assert!(found == expected, "{}: packed, and as it was", case.name);
    }
}

#[test]
fn a_packed_folder_reads_and_speaks_as_its_source_does() {
    let case = Case::named("tiny_text");
    for form in ["gguf", "folder"] {
        let (source, target) = (Fixture::default(), Fixture::default());
        let files = if form == "gguf" { case.files() } else { case.folder() };
        files.iter().for_each(|file| drop(source.write(&file.name, &file.bytes)));
        let model = source.path(if form == "gguf" { "model.gguf" } else { "" });
        let out = packed(&model, &target, &["--dtype", "f16"]);
        for text in &case.texts {
            let options = ["--raw", "--temperature", "0", "--max-tokens", "16"];
            let report = Run::generate(&out, &text.prompt, &options);
            assert_eq!(report["text"], Value::from(text.text.clone()), "{form}, {:?}", text.prompt);
        }
    }
}

#[test]
fn a_packed_model_is_compared_text_by_text() {
    let case = Case::named("tiny_text");
    let (source, target) = (Fixture::default(), Fixture::default());
    case.folder().iter().for_each(|file| drop(source.write(&file.name, &file.bytes)));
    let (base, model) = (source.path(""), packed(&source.path(""), &target, &["--dtype", "q8"]));
    let texts = &case.texts[..2];
    let bos = "<|begin_of_text|>";
    let written = |text: &Text| format!("{bos}{}", text.prompt.trim_start_matches(bos));
    let text = source.write("texts.txt", texts.iter().map(written).collect::<String>().as_bytes());
    let paths =
        ["compare".as_ref(), model.as_os_str(), base.as_os_str(), "--text".as_ref(), text.as_os_str()];
    let run = Run::of(paths.into_iter().chain(["--json", "--device", "cpu"].map(AsRef::as_ref)));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let comparison: Value = serde_json::from_str(&run.stdout).unwrap();
    let foretold: usize = texts.iter().map(|text| text.prompt_ids.len() - 1).sum();
    assert_eq!(comparison["tokens"], foretold, "all but the first of each");
    let kl = comparison["kl"].as_f64().unwrap();
    assert!(0.0 < kl && kl < 0.01, "{kl} nats a token by q8");
}

#[test]
fn the_manifest_tells_every_file_its_hash_and_the_licence() {
    let (source, target) = (Fixture::default(), Fixture::default());
    let case = Case::named("heads_24_6_f16");
    let model = case.write(&source);
    source.write("LICENSE", b"Do what you like.\n");
    let out = packed(&model, &target, &["--dtype", "f32", "--shard", "1", "--name", "tiny"]);
    let manifest: Value = serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["licence"], "Do what you like.\n");
    let weights = manifest["weights"].as_array().unwrap();
    assert!(weights.len() > 1, "{} bytes in files of 1 MiB", fs::metadata(&model).unwrap().len());
    for (i, file) in weights.iter().enumerate() {
        let name = file["name"].as_str().unwrap();
        assert_eq!(name, format!("tiny-{:05}-of-{:05}.gguf", i + 1, weights.len()));
        let bytes = fs::read(out.join(name)).unwrap();
        assert_eq!(file["size_bytes"], bytes.len());
        assert_eq!(file["sha256"], sha256(&bytes), "{name}");
    }
    let left = fs::read_dir(&out).unwrap().count();
    assert_eq!(left, weights.len() + 1, "files in the folder; its parts and the manifest");
}

#[test]
fn a_packed_file_that_was_damaged_is_refused_by_its_hash() {
    let (source, target, out) = (Fixture::default(), Fixture::default(), Fixture::default());
    let case = Case::named("tiny_text");
    case.folder().iter().for_each(|file| drop(source.write(&file.name, &file.bytes)));
    let folder = packed(&source.path(""), &target, &["--dtype", "f32", "--name", "tiny"]);
    let tokens = out.write("tokens.json", b"[1, 2]");
    let logits = out.path("logits.safetensors");
    let run = || {
        let arguments: [&OsStr; 7] = [
            "logits".as_ref(),
            "--model".as_ref(),
            folder.as_ref(),
            "--tokens".as_ref(),
            tokens.as_ref(),
            "--out".as_ref(),
            logits.as_ref(),
        ];
        Run::of(arguments)
    };
    assert_eq!(run().code, Some(0));
    for name in ["tiny.gguf", "tokenizer.json"] {
        let path = folder.join(name);
        let sound = fs::read(&path).unwrap();
        // The lowest bit of a number, or a letter within a token: nothing but the hash can tell.
        let at = if name == "tiny.gguf" { sound.len() - 64 } else { sound.len() / 2 };
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        fs::write(&path, damaged).unwrap();
        let refused = run();
        let words = format!("{name}: its SHA-256 is");
        assert!(refused.code == Some(1) && refused.stderr.contains(&words), "{name}: {}", refused.stderr);
        fs::write(&path, sound).unwrap();
    }
}

#[test]
fn what_a_gguf_has_no_words_for_is_refused_by_name() {
    let words = [
        ("mixed_nope", "rotary embedding"),
        ("qk_norm_off", "norm of queries and keys"),
        ("llama3_scaling", "rope_scaling"),
    ];
    for (case, says) in words {
        let (source, target) = (Fixture::default(), Fixture::default());
        let (run, _) = pack(&Case::named(case).write(&source), &target, &[]);
        assert_eq!(run.code, Some(1), "{case}");
        assert!(run.stderr.contains(says), "{case}: {}", run.stderr);
    }
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let (source, target) = (Fixture::default(), Fixture::default());
    let model = Case::named("one_token_bf16_sharded").write(&source);
    fs::create_dir(target.path("packed")).unwrap();
    target.write("packed/mine.txt", b"mine");
    let (run, out) = pack(&model, &target, &[]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("empty folder"), "{}", run.stderr);
    assert_eq!(fs::read_dir(out).unwrap().count(), 1);
}
