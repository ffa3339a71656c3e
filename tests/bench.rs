//! `reckon bench`: its JSON says what it must, on every device there is, and what it keeps is a run.

use std::fs;

use reckon_tests::{Case, Fixture, Run};
use serde_json::Value;

/// Enough to measure something, and soon over.
const BRIEF: &[&str] =
    &["--tokens", "4", "--repeat", "3", "--depths", "0,16,100000", "--prompts", "8,100000"];

/// A model with text, held as its file has it.
fn tiny() -> Fixture {
    let fixture = Fixture::default();
    Case::named("tiny_text").files().iter().for_each(|file| drop(fixture.write(&file.name, &file.bytes)));
    fixture
}

fn bench(arguments: &[&str]) -> Value {
    let run = Run::of([&["bench", "--json"], arguments].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap_or_else(|err| panic!("{err}: {}", run.stdout))
}

/// The object at `pointer` is a spread: a median between least and most.
fn spread(value: &Value, pointer: &str) -> f64 {
    let number = |name: &str| {
        let found = value.pointer(&format!("{pointer}/{name}")).and_then(Value::as_f64);
        found.unwrap_or_else(|| panic!("{pointer}/{name} in {value}"))
    };
    let (least, median, most) = (number("least"), number("median"), number("most"));
    assert!(0.0 <= least && least <= median && median <= most, "{pointer}: {least} {median} {most}");
    assert!(number("samples") >= 3.0, "{pointer}");
    median
}

fn count(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("{pointer} in {value}"))
}

#[test]
fn every_device_tells_what_its_tokens_take() {
    let fixture = tiny();
    let model = fixture.path("model.gguf").display().to_string();
    for device in Run::devices() {
        let document = bench(&[&["--model", &model], BRIEF, device].concat());
        assert_eq!(
            (document["format"].as_str(), document["version"].as_u64()),
            (Some("reckon-bench"), Some(1))
        );
        let run = &document["runs"][0];
        assert_eq!(run["device"]["kind"], device[1]);
        assert_eq!(
            run["decode"].as_array().map(Vec::len),
            Some(2),
            "what the context does not hold is left out"
        );
        assert_eq!(run["left_out"].as_array().map(Vec::len), Some(2));
        spread(run, "/first_token/ms");
        spread(run, "/prefill/0/tokens_per_s");
        for at in ["/decode/0", "/decode/1"] {
            let rate = spread(run, &format!("{at}/tokens_per_s"));
            let [weights, kv] =
                ["weights", "kv"].map(|part| count(run, &format!("{at}/bytes_per_token/{part}")));
            let moved = rate * (weights + kv) as f64 / 1e9;
            assert!((spread(run, &format!("{at}/gb_per_s")) / moved - 1.0).abs() < 1e-6);
        }
        assert!(count(run, "/decode/0/bytes_per_token/kv") < count(run, "/decode/1/bytes_per_token/kv"));
        match device[1] {
            "webgpu" => has_kernels(run),
            _ => assert!(run["kernels"].is_null() && run["decode"][0]["encode_us"].is_null()),
        }
    }
}

fn has_kernels(run: &Value) {
    spread(run, "/decode/0/encode_us");
    spread(run, "/decode/0/await_us");
    spread(run, "/kernels/copy_gb_per_s");
    let kernels = run["kernels"]["kernels"].as_array().expect("a list of kernels");
    let dispatches: u64 = kernels.iter().map(|kernel| count(kernel, "/dispatches")).sum();
    assert_eq!(
        dispatches,
        count(run, "/decode/0/dispatches_per_token"),
        "every dispatch of a token is timed"
    );
    for kernel in kernels {
        spread(kernel, "/us");
    }
    // In a model as small as this norms and parameters weigh as well.
    let of = |what: &[&str]| {
        let named = kernels.iter().filter(|kernel| what.contains(&kernel["of"].as_str().unwrap_or_default()));
        named.map(|kernel| count(kernel, "/bytes") * count(kernel, "/dispatches")).sum::<u64>()
    };
    let (products, bound) = (
        of(&["q, k, v", "output", "gate, up", "down", "head"]),
        count(run, "/decode/0/bytes_per_token/weights"),
    );
    assert!(products <= bound && bound < 2 * products, "{products} of {bound} bytes are of products");
}

#[test]
fn a_token_takes_five_dispatches_a_layer_and_four_more() {
    if !Run::has_adapter() {
        return;
    }
    let fixture = tiny();
    let model = fixture.path("model.gguf").display().to_string();
    let document = bench(&[&["--model", &model, "--device", "webgpu", "--prompts", "1"], ONCE].concat());
    let kernels = document["runs"][0]["kernels"]["kernels"].as_array().expect("a list of kernels");
    let products = kernels.iter().find(|kernel| kernel["of"] == "q, k, v").expect("a layer has them");
    let layers = count(products, "/dispatches");
    assert!(layers > 1);
    assert_eq!(count(&document, "/runs/0/decode/0/dispatches_per_token"), 5 * layers + 4);
}

#[test]
fn bytes_by_what_is_bound_are_those_of_the_plan() {
    if !Run::has_adapter() {
        return;
    }
    let of = |device: &str| {
        let document = bench(
            &[&["--random", "140m", "--dtype", "q8", "--device", device, "--prompts", "1"], ONCE].concat(),
        );
        let at = |part: &str| count(&document, &format!("/runs/0/decode/0/bytes_per_token/{part}")) as f64;
        [at("weights"), at("kv")]
    };
    let ([bound, bound_kv], [planned, planned_kv]) = (of("webgpu"), of("cpu"));
    println!("weights: {bound} bytes bound, {planned} planned; keys and values: {bound_kv}, {planned_kv}");
    assert!((bound / planned - 1.0).abs() < 0.05 && bound_kv == planned_kv);
}

/// As little as can be measured.
const ONCE: &[&str] = &["--tokens", "2", "--repeat", "1", "--depths", "0"];

#[test]
fn what_is_kept_is_a_run_with_its_table_and_its_plot() {
    let (fixture, runs) = (tiny(), Fixture::default());
    let model = fixture.path("model.gguf").display().to_string();
    let folder = runs.path("").display().to_string();
    for dtype in ["f32", "q8", "q8"] {
        let given = [
            "bench",
            "--model",
            &model,
            "--device",
            "cpu",
            "--threads",
            "1",
            "--dtype",
            dtype,
            "--save",
            &folder,
        ];
        let run = Run::of([&given, BRIEF].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(
            run.stdout.contains("tokens/s") && run.stdout.contains("First token after"),
            "{}",
            run.stdout
        );
    }
    let kept: Vec<_> = fs::read_dir(runs.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [kept] = kept.as_slice() else { panic!("{kept:?}") };
    let name = kept.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with("20") && name.ends_with("1-thread"), "{name}");
    let read = |name: &str| fs::read_to_string(kept.join(name)).unwrap();
    let document: Value = serde_json::from_str(&read("bench.json")).unwrap();
    assert_eq!(document["runs"].as_array().map(Vec::len), Some(2), "the same model again takes its place");
    assert_eq!(read("README.md").matches("## model, ").count(), 2);
    assert!(read("bench.svg").starts_with("<svg ") && read("bench.svg").contains("after 16 positions"));
}

#[test]
fn a_size_that_is_not_known_is_refused_in_a_line() {
    let run = Run::of(["bench", "--random", "7b"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("expected one of 950m, 360m, 140m"), "{}", run.stderr);
}
