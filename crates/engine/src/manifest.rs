//! `manifest.json`: what a packed folder holds.

use checkpoint::PackedFile;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Its name in the folder.
pub const MANIFEST: &str = "manifest.json";
/// Which layout of a packed folder this is.
const VERSION: u32 = 1;

/// What a packed folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the layout: 1.
    pub reckon: u32,
    /// The parts of the GGUF, in order.
    pub weights: Vec<PackedFile>,
    /// Tokenizer and template; empty where the GGUF has them.
    pub texts: Vec<PackedFile>,
    /// Under what terms the weights may be used, where that is known.
    pub licence: Option<String>,
}

impl Manifest {
    /// A manifest of this version.
    pub fn new(weights: Vec<PackedFile>, texts: Vec<PackedFile>, licence: Option<String>) -> Self {
        Self { reckon: VERSION, weights, texts, licence }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// It is damaged, of another version, or names no weights.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        let fault = |what: String| Error::Files(format!("{MANIFEST}: {what}"));
        let manifest: Self = serde_json::from_slice(json)
            .map_err(|err| fault(format!("not the manifest of a pack: {err}")))?;
        if manifest.reckon != VERSION {
            return Err(fault(format!("version {}; this build reads {VERSION}", manifest.reckon)));
        }
        if manifest.weights.is_empty() {
            return Err(fault("it names no weights".to_owned()));
        }
        let mut names = manifest.weights.iter().chain(&manifest.texts).map(|file| &file.name);
        if let Some(name) =
            names.find(|name| name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']))
        {
            return Err(fault(format!("{name:?} is no name of a file beside it")));
        }
        Ok(manifest)
    }
}
