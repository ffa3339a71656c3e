//! The model that is shipped with the page: web/embedded/default.json says what it is, and stands beside it in web/dist.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::place;

/// What the page reads first, in web/embedded and in web/dist/models.
const ABOUT: &str = "default.json";

/// The embedded model.
pub struct Embedded {
    /// Where its weights lie.
    pub path: PathBuf,
    /// Of its one file.
    pub size_bytes: u64,
    file: String,
    about: Map<String, Value>,
}

impl Embedded {
    /// Finds the model that web/embedded/default.json names.
    ///
    /// # Errors
    /// One of the two is missing, or the description is not one.
    pub fn find() -> Result<Self, String> {
        let folder = place::web().join("embedded");
        let about = folder.join(ABOUT);
        let text = fs::read_to_string(&about).map_err(|err| format!("{}: {err}", about.display()))?;
        let about: Map<String, Value> =
            serde_json::from_str(&text).map_err(|err| format!("{}: {err}", about.display()))?;
        let file = about.get("file").and_then(Value::as_str).unwrap_or_default().to_owned();
        if file.is_empty() || file.contains(['/', '\\']) {
            return Err(format!("web/embedded/{ABOUT}: `file` is {file:?}, expected a file's name"));
        }
        let path = folder.join(&file);
        let size_bytes = path.metadata().map(|metadata| metadata.len()).map_err(|err| {
            format!(
                "{}: {err}\nthe page ships with this model; restore it with `git checkout -- web/embedded`, or train it anew",
                path.display()
            )
        })?;
        Ok(Self { path, size_bytes, file, about })
    }

    /// The same model under a name that ends in its hash: whoever keeps an older one sees that this is another.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn hashed(mut self) -> Result<Self, String> {
        let bytes = fs::read(&self.path).map_err(|err| format!("{}: {err}", self.path.display()))?;
        self.file = hashed(&self.file, &bytes);
        self.about.insert("file".to_owned(), self.file.clone().into());
        Ok(self)
    }

    /// Puts the model and what is to be known of it, its size included, into `models/` of what is built in `dist`.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn put(&self, dist: &Path) -> Result<(), String> {
        let folder = dist.join("models");
        let mut about = self.about.clone();
        about.insert("size_bytes".to_owned(), self.size_bytes.into());
        let write = || {
            fs::create_dir_all(&folder)?;
            fs::copy(&self.path, folder.join(&self.file))?;
            fs::write(folder.join(ABOUT), serde_json::to_vec(&about)?)
        };
        write().map_err(|err: std::io::Error| format!("{}: {err}", folder.display()))
    }
}

/// A file's name with the first 32 bits of its SHA-256 before its ending; the service worker knows such names.
fn hashed(file: &str, bytes: &[u8]) -> String {
    let hash: String = Sha256::digest(bytes).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    match file.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{hash}.{ending}"),
        None => format!("{file}-{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_is_in_the_file() {
        assert_eq!(hashed("a.b.gguf", b"abc"), "a.b-ba7816bf.gguf");
        assert_eq!(hashed("model", b""), "model-e3b0c442");
    }
}
