//! 950M geometry against transformers: a documented command, not part of CI.
//!
//! ```text
//! python tests/golden/full_size.py FOLDER
//! RECKON_FULL_SIZE=FOLDER cargo test -p reckon-tests --test full_size -- --ignored --nocapture --test-threads 1
//! ```

use std::fs;
use std::path::Path;

use reckon_tests::{Figure, Run, not_run};
use safetensors::SafeTensors;

/// Sums of 1,536 to 6,144 products in another order, over 22 layers.
const TOLERANCE: f32 = 1e-3;

#[test]
#[ignore = "needs the files of golden/full_size.py"]
fn q4_of_950m_geometry_computes_what_transformers_computes() {
    computes_what_transformers_computes("q4");
}

#[test]
#[ignore = "needs the files of golden/full_size.py"]
fn q8_of_950m_geometry_computes_what_transformers_computes() {
    computes_what_transformers_computes("q8");
}

#[test]
#[ignore = "needs the files of golden/full_size.py"]
fn f16_of_950m_geometry_computes_what_transformers_computes() {
    computes_what_transformers_computes("f16");
}

fn computes_what_transformers_computes(kind: &str) {
    let Some(folder) = std::env::var_os("RECKON_FULL_SIZE") else {
        return not_run("RECKON_FULL_SIZE names no folder; golden/full_size.py fills one");
    };
    let folder = Path::new(&folder);
    let model = folder.join(format!("950M-{}.gguf", kind.to_uppercase()));
    let bytes = match fs::read(folder.join(format!("expected-{kind}.safetensors"))) {
        Ok(bytes) if model.is_file() => bytes,
        _ => return not_run(&format!("{} and its expectations are not there", model.display())),
    };
    let arrays = SafeTensors::deserialize(&bytes).expect("expectations are safetensors");
    let words = |name: &str| arrays.tensor(name).expect("ids and logits").data().as_chunks().0.to_vec();
    let ids: Vec<u32> = words("ids").into_iter().map(u32::from_le_bytes).collect();
    let expected: Vec<f32> = words("logits").into_iter().map(f32::from_le_bytes).collect();
    for device in Run::devices() {
        for (way, prefill) in [("prefill", "16"), ("prefill of 9, then one by one", "9")] {
            let options = [device, &["--kv", "f32", "--prefill", prefill]].concat();
            let found = Run::logits(&model, &ids, &options);
            let figure = Figure::of(&found, &expected, expected.len() / ids.len());
            println!("{}, {kind}, {way}: {figure}, {TOLERANCE:.0e} is tolerated", device[1]);
            assert!(figure.relative <= TOLERANCE, "{}, {kind}, {way}: {figure}", device[1]);
        }
    }
}
