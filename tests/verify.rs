//! `reckon verify`: it tells a right model from a wrong one, and writes down nothing of the machine.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use checkpoint::sha256;
use reckon_tests::hub::{COMMIT, Hub, Manners, REPO};
use reckon_tests::{Case, Fixture, Run, largest, not_run, root};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

/// A Hugging Face folder with a tokenizer, in a folder of its own.
fn tiny_folder() -> (Case, Fixture) {
    let (case, fixture) = (Case::named("tiny_text"), Fixture::default());
    case.folder().iter().for_each(|file| drop(fixture.write(&file.name, &file.bytes)));
    (case, fixture)
}

/// `reckon verify` of `model` into `out`, and the report it leaves there.
fn verify(model: &Path, out: &Path, options: &[&str]) -> (Run, String) {
    let (model, out_name) = (model.to_str().unwrap(), out.to_str().unwrap());
    let words = ["verify", model, "--out", out_name].into_iter().chain(options.iter().copied());
    let run = Run::of(words);
    (run, fs::read_to_string(out).unwrap_or_default())
}

/// What a run says of check `what`: the whole line.
fn line(run: &Run, what: &str) -> String {
    let mut lines =
        run.stdout.lines().filter(|line| line.get(6..).is_some_and(|rest| rest.starts_with(what)));
    let line = lines.next().unwrap_or_else(|| panic!("{what}: not told\n{}{}", run.stdout, run.stderr));
    assert_eq!(lines.next(), None, "{what} stands twice");
    line.to_owned()
}

/// A golden as tests/golden/verify.py writes it, of what transformers computed for the case.
fn golden(case: &Case, logits: &[f32], config: &[u8], fixture: &Fixture) -> PathBuf {
    let bytes = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_le_bytes()).collect() };
    let positions: Vec<u32> = case.positions.iter().map(|position| *position as u32).collect();
    let (ids, positions) = (bytes(&case.ids), bytes(&positions));
    let logits: Vec<u8> = logits.iter().flat_map(|logit| logit.to_le_bytes()).collect();
    let view = |dtype, shape: Vec<usize>, data| TensorView::new(dtype, shape, data).unwrap();
    let (t, p) = (case.ids.len(), case.positions.len());
    let arrays = [
        ("ids", view(Dtype::I32, vec![t], &ids)),
        ("positions", view(Dtype::I32, vec![p], &positions)),
        ("logits", view(Dtype::F32, vec![p, case.vocab_size()], &logits)),
    ];
    let about = [("libraries", "transformers 5.23.0".to_owned()), ("config_sha256", sha256(config))];
    let about: HashMap<String, String> = about.map(|(key, value)| (key.to_owned(), value)).into();
    fixture.write("golden.safetensors", &safetensors::serialize(arrays, Some(about)).unwrap())
}

#[test]
fn a_model_that_is_right_passes_and_the_report_says_so() {
    let (case, model) = tiny_folder();
    let results = Fixture::default();
    let config = fs::read(model.path("config.json")).unwrap();
    let golden = golden(&case, &case.logits, &config, &results);
    let out = results.path("report.md");
    let options = ["--golden", golden.to_str().unwrap(), "--tokens", "8", "--hash"];
    let (run, report) = verify(model.folder(), &out, &options);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    for what in
        ["logits of the golden", "config.json of the golden", "prompt Python", "texts to ids and back"]
    {
        assert!(line(&run, what).starts_with("pass  "), "{}", line(&run, what));
    }
    assert!(line(&run, "num_hidden_layers").starts_with("skip  "), "no published model has this geometry");
    let weights = sha256(&fs::read(model.path("model.safetensors")).unwrap());
    let says = [
        "0 failed",
        "another model of architecture llama4",
        "transformers 5.23.0",
        &sha256(&config),
        &weights,
        "<|start_header_id|>user<|end_header_id|>\n\nWhat is a prime number?<|eot_id|>",
        "Write a C++ program that prints 'Hello, World!'.",
        "## What followed prompt mathematics",
    ];
    for words in says {
        assert!(report.contains(words), "{words:?} is missing in\n{report}");
    }
    let home = std::env::temp_dir().display().to_string();
    assert!(!report.contains(&format!("{home}/")), "a path of this machine stands in\n{report}");
}

#[test]
fn a_golden_of_other_logits_fails_with_the_figure() {
    let (case, model) = tiny_folder();
    let results = Fixture::default();
    let config = fs::read(model.path("config.json")).unwrap();
    let mut logits = case.logits.clone();
    let most = largest(&logits);
    let middle = logits.len() / 2;
    logits[middle] += 0.01 * most * if logits[middle] > 0.0 { -1.0 } else { 1.0 };
    let golden = golden(&case, &logits, &config, &results);
    let options = ["--golden", golden.to_str().unwrap(), "--tokens", "3"];
    let (run, report) = verify(model.folder(), &results.path("report.md"), &options);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let told = line(&run, "logits of the golden");
    assert!(told.starts_with("FAIL  ") && told.contains("1.00e-2 of the largest logit"), "{told}");
    assert!(run.stderr.contains("1 of ") && report.contains("1 failed"), "{}", run.stderr);
    // Quantised matrices are told, and not held to a limit that nobody knows.
    let (run, _) =
        verify(model.folder(), &results.path("q4.md"), &[&options[..], &["--dtype", "q4"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    let told = line(&run, "logits of the golden");
    assert!(told.starts_with("skip  ") && told.contains("nats"), "{told}");
}

#[test]
fn what_is_no_golden_of_the_model_is_refused() {
    let (case, model) = tiny_folder();
    let results = Fixture::default();
    let other = Case::named("mobilellm_r1_like");
    let files = [
        (golden(&other, &other.logits, b"{}", &results), "it is of another"),
        (results.write("cut.safetensors", b"\x10\0\0\0\0\0\0\0{"), "tests/golden/verify.py writes"),
        (model.path("model.safetensors"), "tests/golden/verify.py writes"),
        (results.path("nowhere"), "nowhere"),
    ];
    for (golden, says) in files {
        let options = ["--golden", golden.to_str().unwrap()];
        let (run, report) = verify(model.folder(), &results.path("report.md"), &options);
        assert_eq!(run.code, Some(1), "{}: {}", case.name, run.stdout);
        assert!(run.stderr.contains(says), "{says:?} expected: {}", run.stderr);
        assert_eq!(report, "", "a report of nothing");
    }
}

#[test]
fn a_template_without_bos_is_told() {
    let (_, model) = tiny_folder();
    let template = "{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content }}{% endfor %}";
    model.write("chat_template.jinja", template.as_bytes());
    let (run, report) = verify(model.folder(), &model.path("report.md"), &["--quick"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let bos = line(&run, "template of a user's message, where BOS stands");
    assert!(bos.starts_with("FAIL  ") && bos.contains("none; expected 0"), "{bos}");
    let end = line(&run, "template of a user's message, its end");
    assert!(end.starts_with("FAIL  ") && end.contains("prime number?"), "{end}");
    assert!(report.contains("What is a prime number?"), "{report}");
    assert!(line(&run, "prompt C++").contains("--quick"), "{}", run.stdout);
}

/// A model with the vocabulary of Llama 3, as far as its sizes go.
fn of_llama3_vocabulary(tokenizer: &[u8]) -> Fixture {
    let (mut case, fixture) = (Case::named("tiny_text"), Fixture::default());
    let sizes =
        [("vocab_size", 128_256), ("hidden_size", 32), ("num_attention_heads", 2), ("num_hidden_layers", 1)];
    sizes.into_iter().for_each(|(key, size)| case.config[key] = size.into());
    case.config["layer_types"] = ["full_attention"].as_slice().into();
    case.config["bos_token_id"] = 128_000.into();
    case.config["eos_token_id"] = [128_001, 128_008, 128_009].as_slice().into();
    case.folder().iter().for_each(|file| drop(fixture.write(&file.name, &file.bytes)));
    fixture.write("tokenizer.json", tokenizer);
    fixture
}

#[test]
fn ids_that_are_not_those_of_llama_3_are_told() {
    let model = of_llama3_vocabulary(&fs::read(root().join("golden/tiny_tokenizer.json")).unwrap());
    let (run, _) = verify(model.folder(), &model.path("report.md"), &["--quick"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let ids = line(&run, "token ids of known texts");
    assert!(ids.starts_with("FAIL  ") && ids.contains("\"Hello world\" gives 72, "), "{ids}");
    assert!(ids.ends_with("9906, 1917"), "{ids}");
    let specials = line(&run, "special tokens");
    assert!(specials.starts_with("FAIL  ") && specials.contains("128009 no special token"), "{specials}");
}

#[test]
fn llama_3s_own_tokenizer_passes_and_one_id_amiss_does_not() {
    let path = root().parent().unwrap().join(".models/llama3-tokenizer.json");
    let Ok(tokenizer) = fs::read_to_string(&path) else {
        return not_run(&format!("{}: not there; cargo xtask test fetches it", path.display()));
    };
    // From 3.1 on the vocabulary names what 3.0 reserved.
    let tokenizer = tokenizer.replace("<|reserved_special_token_4|>", "<|eom_id|>");
    let swapped = tokenizer.replacen("\"Ġworld\": 1917", "\"Ġworld\": 1918", 1);
    let swapped = swapped.replacen("\"iness\": 1918", "\"iness\": 1917", 1);
    for (tokenizer, code, says) in
        [(tokenizer, 0, "37 of 37 right"), (swapped, 1, "35 of 37 right, \"Hello world\" gives 9906, 1918")]
    {
        let model = of_llama3_vocabulary(tokenizer.as_bytes());
        let (run, _) = verify(model.folder(), &model.path("report.md"), &["--quick"]);
        assert_eq!(run.code, Some(code), "{}", run.stdout);
        assert!(line(&run, "token ids of known texts").contains(says), "{}", run.stdout);
        assert!(line(&run, "special tokens").starts_with("pass  "), "{}", run.stdout);
    }
}

#[test]
fn only_its_own_report_is_written_over() {
    let (_, model) = tiny_folder();
    let out = model.write("notes.md", b"mine");
    let (run, report) = verify(model.folder(), &out, &["--quick"]);
    assert!(run.code == Some(1) && run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(report, "mine");
    for out in [model.folder(), &model.path("nowhere/report.md")] {
        let (run, _) = verify(model.folder(), out, &["--quick"]);
        assert!(run.code == Some(1) && run.stderr.contains("a folder that exists"), "{}", run.stderr);
    }
    for options in [&["--quick", "--force"][..], &["--quick"]] {
        let (run, report) = verify(model.folder(), &out, options);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(report.contains("a report of reckon verify"), "{report}");
    }
}

#[test]
fn of_a_hub_the_report_tells_commit_and_hash_and_no_token() {
    const TOKEN: &str = "hf_a-token-that-nobody-else-may-see";
    let files = Case::named("tiny_text").folder();
    let weights = files.iter().find(|file| file.name == "model.safetensors").unwrap();
    let hash = sha256(&weights.bytes);
    let (cache, out) = (Fixture::default(), Fixture::default());
    let hub = Hub::of(files, Manners { token: Some(TOKEN), ..Manners::default() });
    let mut environment = vec![
        ("HF_ENDPOINT", hub.endpoint()),
        ("HF_TOKEN", TOKEN.to_owned()),
        ("RECKON_CACHE", cache.folder().display().to_string()),
    ];
    let proxies = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    environment.extend(proxies.map(|name| (name, String::new())));
    let out = out.path("report.md");
    let words = ["verify", REPO, "--tokens", "3", "--out", out.to_str().unwrap()];
    let run = Run::within_environment(&environment, words);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let report = fs::read_to_string(out).unwrap();
    for words in [&format!("{REPO} at {COMMIT}"), &hash] {
        assert!(report.contains(words), "{words:?} is missing in\n{report}");
    }
    assert!(!report.contains(TOKEN) && !run.stdout.contains(TOKEN), "{report}");
}

/// Headers of a model of a published size in F32; its weights are a hole in the file, as nobody reads them.
fn published(sizes: [usize; 5], config: &Value) -> Fixture {
    let [layers, c, f, heads, kv_heads] = sizes;
    let (q, kv) = (heads * 64, kv_heads * 64);
    let mut shapes = vec![("embed_tokens".to_owned(), vec![128_256, c]), ("norm".to_owned(), vec![c])];
    for layer in 0..layers {
        let of_layer = [
            ("input_layernorm", vec![c]),
            ("self_attn.q_proj", vec![q, c]),
            ("self_attn.k_proj", vec![kv, c]),
            ("self_attn.v_proj", vec![kv, c]),
            ("self_attn.o_proj", vec![c, q]),
            ("post_attention_layernorm", vec![c]),
            ("feed_forward.gate_proj", vec![f, c]),
            ("feed_forward.up_proj", vec![f, c]),
            ("feed_forward.down_proj", vec![c, f]),
        ];
        shapes.extend(of_layer.map(|(name, shape)| (format!("layers.{layer}.{name}"), shape)));
    }
    let (mut header, mut end) = (json!({}), 0);
    for (name, shape) in shapes {
        let start = end;
        end += 4 * shape.iter().product::<usize>();
        header[format!("model.{name}.weight")] =
            json!({ "dtype": "F32", "shape": shape, "data_offsets": [start, end] });
    }
    let header = header.to_string();
    let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
    let fixture = Fixture::default();
    let path = fixture.write("model.safetensors", &bytes);
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len((bytes.len() + end) as u64).unwrap();
    let mut merged = Case::named("tiny_text").config;
    merged["layer_types"] = vec!["full_attention"; layers].into();
    let own = json!({
        "num_hidden_layers": layers, "hidden_size": c, "intermediate_size_mlp": f, "num_attention_heads": heads,
        "num_key_value_heads": kv_heads, "head_dim": 64, "vocab_size": 128_256, "max_position_embeddings": 32_768,
        "no_rope_layers": vec![1; 22], "bos_token_id": 128_000, "eos_token_id": [128_001, 128_008, 128_009],
    });
    for (key, value) in own.as_object().unwrap().iter().chain(config.as_object().unwrap()) {
        merged[key] = value.clone();
    }
    fixture.write("config.json", merged.to_string().as_bytes());
    fixture
}

#[test]
fn the_published_sizes_are_known_and_what_differs_is_told() {
    let sizes = [
        ("MobileLLM-R1-140M", [15, 576, 2048, 9, 3], "140,248,512", "560,994,048 bytes: F32 x137"),
        ("MobileLLM-R1-360M", [15, 1024, 4096, 16, 4], "359,431,168", "1,437,724,672 bytes: F32 x137"),
        ("MobileLLM-R1-950M", [22, 1536, 6144, 24, 6], "949,685,760", "3,798,743,040 bytes: F32 x200"),
    ];
    let failed = |run: &Run| -> Vec<String> {
        let lines = run.stdout.lines().filter_map(|line| line.strip_prefix("FAIL  "));
        lines.map(|line| line.split(':').next().unwrap().to_owned()).collect()
    };
    for (name, sizes, parameters, bytes) in sizes {
        let model = published(sizes, &json!({}));
        let (run, report) = verify(model.folder(), &model.path("report.md"), &["--quick"]);
        assert_eq!(failed(&run), ["tokenizer"], "{name}: it came without one\n{}", run.stdout);
        assert!(report.contains(&format!("{name} or its base model")), "{report}");
        assert_eq!(line(&run, "parameters"), format!("pass  parameters: {parameters}"));
        assert!(line(&run, "weights in the files").ends_with(bytes), "{}", run.stdout);
        // A base model, and one whose configuration was made for something else.
        let model = published(
            sizes,
            &json!({ "rope_theta": 1e6, "max_position_embeddings": 4096, "eos_token_id": 128_009 }),
        );
        let (run, _) = verify(model.folder(), &model.path("report.md"), &["--quick"]);
        assert!(line(&run, "rope_theta and positions").starts_with("pass"), "{}", run.stdout);
        let wrong =
            json!({ "rope_theta": 5e5, "use_qk_norm": false, "no_rope_layers": [], "rms_norm_eps": 1e-6 });
        let model = published(sizes, &wrong);
        let (run, _) = verify(model.folder(), &model.path("report.md"), &["--quick"]);
        let expected = [
            "rotary embedding",
            "norm of queries and keys",
            "rms_norm_eps",
            "rope_theta and positions",
            "tokenizer",
        ];
        assert_eq!(failed(&run), expected, "{name}: {}", run.stdout);
    }
}
