//! Damaged, hostile and mistaken input at the terminal: one readable line, quickly, and never a panic.

#[path = "bad_input/config.rs"]
mod config;
#[path = "bad_input/gguf.rs"]
mod gguf;
#[path = "bad_input/safetensors.rs"]
mod safetensors;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use reckon_tests::{Case, Fixture, Run, reckon};

const MOST_TIME: Duration = Duration::from_secs(1);
/// Other work on the machine is not the binary's fault: the best of so many runs counts.
const TRIES: usize = 3;
const LINE_CHARACTERS: usize = 400;
/// Of address space, in KiB: a header that is refused takes neither a GPU nor a large allocation.
const HEADER_KIB: u32 = 512 << 10;

/// What one refusal must be.
struct Refusal {
    /// What is wrong, as a sentence's subject.
    what: String,
    /// The line must hold this.
    says: &'static str,
}

impl Refusal {
    fn of(what: impl Into<String>, says: &'static str) -> Self {
        Self { what: what.into(), says }
    }

    /// Runs `reckon` with `arguments` and gives what is not as it must be.
    fn faults(&self, arguments: &[&OsStr]) -> Vec<String> {
        let run = (0..TRIES).map(|_| Run::of(arguments)).find(|run| run.time < MOST_TIME);
        let slow = run.is_none();
        let run = run.unwrap_or_else(|| Run::of(arguments));
        let mut faults = self.faults_of(&run);
        if slow {
            faults.push(format!("{}: took {:?}, {MOST_TIME:?} is the most", self.what, run.time));
        }
        faults
    }

    fn faults_of(&self, run: &Run) -> Vec<String> {
        let line = run.stderr.trim_end();
        let rules = [
            (run.code == Some(1) || run.code == Some(2), "ended with another code than 1 or 2"),
            (!line.is_empty() && !line.contains('\n'), "said other than one line"),
            (line.chars().count() <= LINE_CHARACTERS, "said too long a line"),
            (
                !["panicked", "RUST_BACKTRACE", "unwrap", "allocation of"]
                    .iter()
                    .any(|word| line.contains(word)),
                "panicked",
            ),
            (line.to_lowercase().contains(&self.says.to_lowercase()), "did not say what was wrong"),
        ];
        let broken = rules.iter().filter(|(holds, _)| !holds).map(|(_, rule)| rule);
        broken
            .map(|rule| {
                format!("{}: {rule} (code {:?}, {:?} expected): {line}", self.what, run.code, self.says)
            })
            .collect()
    }

    /// `reckon logits` of a model whose header is at fault: refused with little memory, too.
    fn header_faults(&self, model: &Path) -> Vec<String> {
        self.logits_faults(model, cfg!(target_os = "linux"))
    }

    /// `reckon logits` of a model whose weights are at fault.
    fn data_faults(&self, model: &Path) -> Vec<String> {
        self.logits_faults(model, false)
    }

    fn logits_faults(&self, model: &Path, confined: bool) -> Vec<String> {
        let fixture = Fixture::default();
        let tokens = fixture.write("tokens.json", b"[1, 2, 3]");
        let out = fixture.path("logits.safetensors");
        let arguments = logits_arguments(model, &tokens, &out);
        let mut faults = self.faults(&arguments);
        if confined {
            faults.extend(self.faults_of(&Run::within(HEADER_KIB, &arguments)));
        }
        if out.exists() {
            faults.push(format!("{}: logits were written", self.what));
        }
        faults
    }
}

fn logits_arguments<'a>(model: &'a Path, tokens: &'a Path, out: &'a Path) -> [&'a OsStr; 7] {
    let [model, tokens, out] = [model, tokens, out].map(Path::as_os_str);
    ["logits".as_ref(), "--model".as_ref(), model, "--tokens".as_ref(), tokens, "--out".as_ref(), out]
}

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_reader_that_leaves_early_is_no_fault() {
    let fixture = Fixture::default();
    let model = Case::named("tiny_text").write(&fixture);
    let mut command = Command::new(reckon());
    let mut child =
        command.arg("inspect").arg(model).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Gone before a line can have been written.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn mistaken_arguments_are_told_in_one_line() {
    let fixture = Fixture::default();
    let model = Case::named("tiny_text").write(&fixture);
    let model = model.to_str().unwrap();
    let file = |name: &str, text: &str| fixture.write(name, text.as_bytes()).to_str().unwrap().to_owned();
    let (good, out) = (file("good.json", "[1, 2, 3]"), file("out.safetensors", ""));
    let empty_folder = Fixture::default();
    let empty_folder = empty_folder.path("").to_str().unwrap().to_owned();
    let logits = |model: &str, tokens: &str, more: &[&str]| {
        let mut words = vec!["logits", "--model", model, "--tokens", tokens, "--out", &out];
        words.extend(more);
        words.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let plain = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let cases = [
        ("--frobnicate", plain(&["generate", "--frobnicate"])),
        ("sing", plain(&["sing"])),
        ("--model", plain(&["logits"])),
        ("--prompt", plain(&["generate", "--model", model])),
        ("q5", logits(model, &good, &["--dtype", "q5"])),
        ("f8", logits(model, &good, &["--kv", "f8"])),
        ("no such file", logits("nowhere.gguf", &good, &[])),
        ("config.json", logits(&empty_folder, &good, &[])),
        ("no such file", logits(model, "nowhere.json", &[])),
        ("JSON array", logits(model, &file("text.json", "one, two"), &[])),
        ("JSON array", logits(model, &file("negative.json", "[-1]"), &[])),
        ("JSON array", logits(model, &file("large.json", "[4294967296]"), &[])),
        ("at least one", logits(model, &file("empty.json", "[]"), &[])),
        ("--prefill", logits(model, &good, &["--prefill", "0"])),
        ("--prefill", logits(model, &good, &["--prefill", "4"])),
        ("--prefill", logits(model, &good, &["--prefill", "many"])),
    ];
    let faults = cases.iter().flat_map(|(says, words)| {
        let words: Vec<&OsStr> = words.iter().map(AsRef::as_ref).collect();
        Refusal::of(format!("{words:?}"), says).faults(&words)
    });
    assert_none(faults.collect());
}

#[test]
fn prompts_that_cannot_run_are_told_in_one_line() {
    if !Run::has_adapter() {
        return;
    }
    let fixture = Fixture::default();
    let model = Case::named("tiny_text").write(&fixture);
    let bare_fixture = Fixture::default();
    let bare = Case::named("one_token_bf16_sharded").write(&bare_fixture);
    let out = fixture.path("out.safetensors");
    let beyond = fixture.write("beyond.json", b"[1, 320]");
    let long = "many words, ".repeat(50);
    let cases = [
        ("empty", vec!["--raw", "--prompt", ""]),
        ("context", vec!["--context", "8", "--prompt", "a prompt longer than eight tokens", "--raw"]),
        ("context", vec!["--prompt", &long, "--raw"]),
        ("context", vec!["--prompt", "a", "--raw", "--context", "0"]),
        ("context", vec!["--prompt", "a", "--raw", "--context", "4000000000"]),
        ("temperature", vec!["--prompt", "a", "--raw", "--temperature=-1"]),
        ("temperature", vec!["--prompt", "a", "--raw", "--temperature", "nan"]),
        ("top", vec!["--prompt", "a", "--raw", "--top-p", "2"]),
    ];
    let mut faults =
        Refusal::of("an id beyond the vocabulary", "320").faults(&logits_arguments(&model, &beyond, &out));
    for (says, words) in cases {
        let mut all: Vec<&OsStr> = vec!["generate".as_ref(), "--model".as_ref(), model.as_ref()];
        all.extend(words.iter().map(AsRef::<OsStr>::as_ref));
        let what = format!("{:?}", &words[..words.len().min(6)]);
        faults.extend(Refusal::of(what.chars().take(90).collect::<String>(), says).faults(&all));
    }
    let speechless: [&OsStr; 6] = [
        "generate".as_ref(),
        "--model".as_ref(),
        bare.as_ref(),
        "--prompt".as_ref(),
        "a".as_ref(),
        "--raw".as_ref(),
    ];
    faults.extend(Refusal::of("a model without a tokenizer", "tokenizer").faults(&speechless));
    assert_none(faults);
}
