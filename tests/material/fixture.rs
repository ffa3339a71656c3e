//! A folder for one test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own, gone with the value.
pub struct Fixture {
    folder: PathBuf,
}

impl Default for Fixture {
    fn default() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("reckon-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap_or_else(|err| panic!("{}: {err}", folder.display()));
        Self { folder }
    }
}

impl Fixture {
    /// The path of a file in the folder; of the folder itself for an empty name.
    pub fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.folder.clone() } else { self.folder.join(name) }
    }

    /// Writes a file.
    ///
    /// # Panics
    /// The disk refuses.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
        path
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // A folder that stays behind harms nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
