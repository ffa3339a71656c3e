//! The binary under test.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use safetensors::SafeTensors;
use serde_json::Value;

use crate::{Case, Fixture, not_run};

/// What one run of `reckon` left.
#[derive(Debug)]
pub struct Run {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From start to exit.
    pub time: Duration,
}

/// The path of the binary: `RECKON_BIN`, or the one cargo builds now.
///
/// # Panics
/// It does not build.
pub fn reckon() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| match std::env::var_os("RECKON_BIN") {
        Some(path) => path.into(),
        None => build(),
    })
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--quiet", "--package", "reckon-cli", "--message-format=json"];
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(crate::root());
    // What cargo says of this package would make it build anew whatever reads the like, as ring does.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            command.env_remove(name);
        }
    }
    let output = command.output();
    let output = output.expect("cargo is there: it runs this test");
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    let complaint = || String::from_utf8_lossy(&output.stderr).into_owned();
    executable.filter(|_| output.status.success()).unwrap_or_else(|| panic!("reckon-cli:\n{}", complaint()))
}

impl Run {
    /// Runs `reckon` to its end.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn of<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self::of_command(reckon(), arguments)
    }

    /// Runs `reckon` to its end with these variables in its environment; an empty one is taken out of it.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn within_environment<A: AsRef<OsStr>>(
        variables: &[(&str, String)],
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let mut command = Command::new(reckon());
        command.args(arguments);
        for (name, value) in variables {
            if value.is_empty() {
                command.env_remove(name)
            } else {
                command.env(name, value)
            };
        }
        Self::of_prepared(command)
    }

    /// Runs `reckon` to its end, with a file as its standard input.
    ///
    /// # Panics
    /// It cannot be started, or there is no such file.
    pub fn fed<A: AsRef<OsStr>>(input: &Path, arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Command::new(reckon());
        let input = fs::File::open(input).unwrap_or_else(|err| panic!("{}: {err}", input.display()));
        command.args(arguments).stdin(input);
        Self::of_prepared(command)
    }

    fn of_command<A: AsRef<OsStr>>(program: &Path, arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Command::new(program);
        command.args(arguments);
        Self::of_prepared(command)
    }

    fn of_prepared(mut command: Command) -> Self {
        let start = Instant::now();
        // Mesa complains on stderr where no desktop has set it.
        command.env("XDG_RUNTIME_DIR", std::env::temp_dir());
        let output = command.output();
        let output = output.unwrap_or_else(|err| panic!("{}: {err}", command.get_program().display()));
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            time: start.elapsed(),
        }
    }

    /// Runs `reckon` in so much address space; the time is that of the shell around it as well.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn within(limit_kib: u32, arguments: &[&OsStr]) -> Self {
        let script = format!("ulimit -v {limit_kib} && exec \"$0\" \"$@\"");
        let words = ["-c".as_ref(), script.as_ref(), reckon().as_os_str()];
        Self::of_command(Path::new("sh"), words.into_iter().chain(arguments.iter().copied()))
    }

    /// `reckon logits` of `ids`, with `options` besides: (T, V).
    ///
    /// # Panics
    /// It fails.
    pub fn logits(model: &Path, ids: &[u32], options: &[&str]) -> Vec<f32> {
        let fixture = Fixture::default();
        let ids = serde_json::to_vec(ids).expect("ids can be written");
        let tokens = fixture.write("tokens.json", &ids);
        let out = fixture.path("logits.safetensors");
        let mut arguments: Vec<&OsStr> = vec!["logits".as_ref(), "--model".as_ref(), model.as_ref()];
        arguments.extend(["--tokens".as_ref(), tokens.as_os_str(), "--out".as_ref(), out.as_os_str()]);
        arguments.extend(options.iter().map(|option| AsRef::<OsStr>::as_ref(*option)));
        let run = Self::of(arguments);
        assert_eq!(run.code, Some(0), "reckon logits {options:?}: {}", run.stderr);
        let bytes = fs::read(&out).expect("reckon logits wrote its output");
        let arrays = SafeTensors::deserialize(&bytes).expect("the output is safetensors");
        let data = arrays.tensor("logits").expect("the output has logits").data();
        data.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect()
    }

    /// `reckon generate --json` with `options`: the object it prints.
    ///
    /// # Panics
    /// It fails.
    pub fn generate(model: &Path, prompt: &str, options: &[&str]) -> Value {
        let mut arguments: Vec<&OsStr> = vec!["generate".as_ref(), "--model".as_ref(), model.as_ref()];
        arguments.extend(["--prompt".as_ref(), prompt.as_ref(), "--json".as_ref()] as [&OsStr; 3]);
        arguments.extend(options.iter().map(|option| AsRef::<OsStr>::as_ref(*option)));
        let run = Self::of(arguments);
        assert_eq!(run.code, Some(0), "reckon generate {options:?}: {}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap_or_else(|err| panic!("{err}: {}", run.stdout))
    }

    /// The devices there are, as options: the GPU, where there is one, and the processor with exact activations.
    pub fn devices() -> Vec<&'static [&'static str]> {
        let gpu = Self::has_adapter().then_some(Self::GPU);
        gpu.into_iter().chain([Self::CPU]).collect()
    }

    /// Options for the GPU, or a driver that stands in for one.
    pub const GPU: &[&str] = &["--device", "webgpu"];
    /// Options for the processor, activations as they are.
    pub const CPU: &[&str] = &["--device", "cpu", "--activations", "f32"];

    /// Whether there is a GPU, or a driver that stands in for one; says NOT RUN where there is none.
    pub fn has_adapter() -> bool {
        static FAULT: OnceLock<Option<String>> = OnceLock::new();
        let fault = FAULT.get_or_init(|| {
            let (fixture, tokens) = (Fixture::default(), Fixture::default());
            let model = Case::named("one_token_bf16_sharded").write(&fixture);
            let tokens_path = tokens.write("tokens.json", b"[1]");
            let out = tokens.path("logits.safetensors");
            let run = Self::of([
                "logits".as_ref(),
                "--model".as_ref(),
                model.as_os_str(),
                "--tokens".as_ref(),
                tokens_path.as_os_str(),
                "--out".as_ref(),
                out.as_os_str(),
                "--device=webgpu".as_ref(),
            ] as [&OsStr; 8]);
            run.stderr.contains("no GPU adapter").then_some(run.stderr)
        });
        if let Some(fault) = fault {
            not_run(fault);
        }
        fault.is_none()
    }
}
