//! A suite's file on this disk.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use checkpoint::Hash;
use evaluate::{Problem, Suite};
use flate2::read::GzDecoder;

/// Most bytes of a file, unpacked: the largest known has under a megabyte.
const MOST_BYTES: u64 = 1 << 28;

/// A suite's problems.
pub struct Data {
    /// All of them, in the file's order.
    pub problems: Vec<Problem>,
    /// SHA-256 of the file, unpacked.
    pub sha256: String,
}

impl Data {
    /// Reads the suite's file, at `path` or in the folder that is there.
    ///
    /// # Errors
    /// One readable line.
    pub fn read(suite: Suite, path: &Path) -> Result<Self, String> {
        let file = find(suite, path)?;
        let fault = |err: std::io::Error| format!("{}: {err}", file.display());
        let opened = File::open(&file).map_err(fault)?;
        let mut bytes = Vec::new();
        let is_packed = file.extension().is_some_and(|end| end == "gz");
        let mut reader: Box<dyn Read> =
            if is_packed { Box::new(GzDecoder::new(opened)) } else { Box::new(opened) };
        reader.by_ref().take(MOST_BYTES).read_to_end(&mut bytes).map_err(fault)?;
        let mut hash = Hash::default();
        hash.update(&bytes);
        let text = String::from_utf8(bytes).map_err(|_| fault(ErrorKind::InvalidData.into()))?;
        let problems = suite.problems(&text).map_err(|err| format!("{}: {err}", file.display()))?;
        Ok(Self { problems, sha256: hash.end() })
    }
}

fn find(suite: Suite, path: &Path) -> Result<PathBuf, String> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    let name = suite.file();
    let [repository, source] = suite.source();
    let packed = format!("{name}.gz");
    [name, &packed].iter().map(|name| path.join(name)).find(|file| file.is_file()).ok_or_else(|| {
        format!("{}: no {name} there; it is github.com/{repository}, {source}", path.display())
    })
}
