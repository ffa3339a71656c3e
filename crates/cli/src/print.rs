//! What a command prints.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Prints a line. A reader that has gone, as `head` goes, has read what it wanted; a disk that is full ends the process.
pub fn line(text: impl Display) {
    match writeln!(std::io::stdout(), "{text}") {
        Err(err) if err.kind() != ErrorKind::BrokenPipe => {
            eprintln!("reckon: stdout: {err}");
            std::process::exit(1);
        }
        _ => {}
    }
}
