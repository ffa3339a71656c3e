//! Other programs: found, run, and quoted where they fail.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::place::home;

/// A program about to run in the repository.
pub struct Program(Command);

impl Program {
    /// The program of that name or path.
    pub fn new(name: &str) -> Self {
        let mut command = Command::new(name);
        command.current_dir(home());
        Self(command)
    }

    /// The cargo that runs this.
    pub fn cargo() -> Self {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut program = Self::new(&cargo);
        // What cargo says of xtask would make it build anew whatever reads the like, as ring does.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
                program.0.env_remove(name);
            }
        }
        program
    }

    /// npm, which is a script on Windows.
    pub fn npm() -> Self {
        Self::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
    }

    /// With these arguments.
    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.0.args(arguments);
        self
    }

    /// In this folder.
    pub fn within(mut self, folder: PathBuf) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// With this variable.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs it, its output on the screen.
    ///
    /// # Errors
    /// It cannot be started, or fails.
    pub fn run(mut self) -> Result<(), String> {
        let status = self.0.status().map_err(|err| self.absent(&err))?;
        if status.success() { Ok(()) } else { Err(format!("{}: {status}", self.line())) }
    }

    /// Runs it and gives what it writes.
    ///
    /// # Errors
    /// It cannot be started, or fails; with what it wrote to stderr.
    pub fn output(mut self) -> Result<String, String> {
        let output = self.0.output().map_err(|err| self.absent(&err))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(format!("{}: {}\n{}", self.line(), output.status, complaint.trim()))
    }

    /// Runs it, hands every line of its output to `hear` and shows it; whether it succeeded.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn heard(mut self, hear: &mut dyn FnMut(&str)) -> Result<bool, String> {
        let mut child = self.0.stdout(Stdio::piped()).spawn().map_err(|err| self.absent(&err))?;
        let output = child.stdout.take().expect("the output is piped");
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            hear(&line);
        }
        let status = child.wait().map_err(|err| format!("{}: {err}", self.line()))?;
        Ok(status.success())
    }

    /// Whether it can be started and succeeds; its output is dropped.
    pub fn works(mut self) -> bool {
        let quiet = self.0.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }

    fn line(&self) -> String {
        let words = std::iter::once(self.0.get_program()).chain(self.0.get_args());
        words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    fn absent(&self, err: &std::io::Error) -> String {
        let name = self.0.get_program().to_string_lossy();
        match err.kind() {
            std::io::ErrorKind::NotFound => format!("{name} is not installed, and it is needed here"),
            _ => format!("{name}: {err}"),
        }
    }
}
