//! Code that a model wrote, run where it can do no harm: without network, without this machine's files, for a short while.

use std::io::Write;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What shuts a program in: namespaces of Linux, by the tool that Flatpak is built on.
const BUBBLEWRAP: &str = "bwrap";
const PYTHON: &str = "/usr/bin/python3";
/// What a program ends with that came to its end: one that leaves early, with 0 even, has not passed.
const PASSED: i32 = 41;
/// How long a program may wait; it may compute for [`LIMITS`]' ten seconds.
const PATIENCE: Duration = Duration::from_secs(20);
/// Seconds of computing, bytes of memory, bytes of a file, processes.
const LIMITS: &str = "import resource as r\n\
    for what, most in ((r.RLIMIT_CPU, 10), (r.RLIMIT_AS, 1 << 30), (r.RLIMIT_FSIZE, 0), (r.RLIMIT_NPROC, 8)):\n\
    \x20   r.setrlimit(what, (most, most))\n\
    del r, what, most\n";

/// Runs programs in Python, each in a room of its own.
pub struct Sandbox(());

impl Sandbox {
    /// A sandbox, once it was seen to hold a program and to let it end.
    ///
    /// # Errors
    /// One readable line: what is missing, or forbidden here.
    pub fn open() -> Result<Self, String> {
        let sandbox = Self(());
        let advice = "code that a model wrote is run only where it can be shut in, by bubblewrap on Linux (on Debian: apt-get \
                      install bubblewrap python3)";
        match sandbox.passes("assert 1 + 1 == 2") {
            Ok(true) => Ok(sandbox),
            Ok(false) => {
                Err(format!("{BUBBLEWRAP} could not run {PYTHON} in namespaces of its own; {advice}"))
            }
            Err(err) => Err(format!("{err}; {advice}")),
        }
    }

    /// Whether a program comes to its end.
    ///
    /// # Errors
    /// It could not be begun.
    pub fn passes(&self, program: &str) -> Result<bool, String> {
        let fault = |err: std::io::Error| format!("{BUBBLEWRAP}: {err}");
        let mut child = command().spawn().map_err(fault)?;
        let text = format!("{LIMITS}{program}\nraise SystemExit({PASSED})\n");
        // One that ended before it was read has not passed.
        let written = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(text.as_bytes()).is_ok());
        let status = within(&mut child, PATIENCE).map_err(fault)?;
        Ok(written && status.is_some_and(|status| status.code() == Some(PASSED)))
    }
}

/// Python in namespaces of its own: no network, no processes but its own, the system's programs to read, nothing to write to.
fn command() -> Command {
    let mut command = Command::new(BUBBLEWRAP);
    command.args(["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]);
    for folder in ["/usr", "/bin", "/lib", "/lib64"] {
        command.args(["--ro-bind-try", folder, folder]);
    }
    command.args([
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--remount-ro",
        "/",
        "--chdir",
        "/",
        PYTHON,
        "-I",
        "-",
    ]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// How a child ended, or nothing where it did not within `patience` and was ended.
fn within(child: &mut Child, patience: Duration) -> std::io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    while started.elapsed() < patience {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program must not do, or not have done when it ends.
    const MUST_FAIL: &[(&str, &str)] = &[
        ("is wrong", "assert 1 + 1 == 3"),
        ("leaves before its tests", "import sys; sys.exit(0)"),
        ("does not end", "while True: pass"),
        ("takes memory", "x = bytearray(2 << 30)"),
        ("asks the network", "import socket; socket.create_connection(('1.1.1.1', 53), 2)"),
        ("writes a file", "open('/tmp/x', 'w').write('x')"),
        ("writes where programs are", "open('/usr/x', 'w').write('x')"),
        ("reads this machine's files", "open('/etc/passwd').read()"),
        ("reads this machine's environment", "import os; os.environ['PATH']"),
        (
            "sees other processes",
            "import os; assert any(int(p) > 64 for p in os.listdir('/proc') if p.isdigit())",
        ),
    ];

    #[test]
    fn code_is_shut_in_or_not_run_at_all() {
        match Sandbox::open() {
            Ok(sandbox) => {
                assert!(sandbox.passes("import math\nassert math.gcd(12, 18) == 6").unwrap());
                for (what, program) in MUST_FAIL {
                    assert!(!sandbox.passes(program).unwrap(), "a program that {what} passed");
                }
            }
            Err(told) => {
                println!("no sandbox here: {told}");
                assert!(told.contains(BUBBLEWRAP) && told.contains("apt-get install"), "{told}");
            }
        }
    }
}
