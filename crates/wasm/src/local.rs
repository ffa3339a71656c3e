//! Files that a visitor dropped or picked.

use std::collections::BTreeMap;
use std::ops::Range;

use engine::checkpoint::part_names;
use engine::{Error, MANIFEST};
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, File};

use crate::fault::{Code, fault, words};
use crate::trouble::stopped;

/// Bytes of a file in the heap at once.
const PIECE_BYTES: u64 = 1 << 20;

/// Files by their names relative to the model's folder.
pub(crate) struct Local {
    files: BTreeMap<String, File>,
    model: String,
    signal: AbortSignal,
}

impl Local {
    /// Of a list of `{ path, file }`: a GGUF among them, or a Hugging Face folder.
    pub(crate) fn new(list: &Array, signal: &AbortSignal) -> Result<Self, JsValue> {
        let mut given = Vec::new();
        for entry in list.iter() {
            let path = Reflect::get(&entry, &JsValue::from_str("path"))?.as_string();
            let file = Reflect::get(&entry, &JsValue::from_str("file"))?.dyn_into::<File>();
            let (Some(path), Ok(file)) = (path, file) else {
                return Err(fault(Code::Options, "files: expected a list of { path, file }"));
            };
            given.push((path, file));
        }
        let names: Vec<&str> = given.iter().map(|(path, _)| path.as_str()).collect();
        let (folder, model) = choose(&names).map_err(|message| fault(Code::Files, &message))?;
        let within =
            |(path, file): (String, File)| Some((path.strip_prefix(folder.as_str())?.to_owned(), file));
        let files = given.into_iter().filter_map(within).collect();
        Ok(Self { files, model, signal: signal.clone() })
    }

    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    pub(crate) async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        Ok(self.files.get(name).map(|file| file.size() as u64))
    }

    pub(crate) async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let unreadable = |thrown: JsValue| {
            Error::Files(format!(
                "{name}: the browser cannot read it ({}); was it moved or changed?",
                words(&thrown)
            ))
        };
        let file = self.files.get(name);
        let file =
            file.ok_or_else(|| Error::Files(format!("{name} is not among the files that were given")))?;
        let mut piece = Vec::new();
        let mut start = range.start;
        while start < range.end {
            if self.signal.aborted() {
                return Err(stopped());
            }
            let end = range.end.min(start + PIECE_BYTES);
            let slice = file.slice_with_f64_and_f64(start as f64, end as f64).map_err(unreadable)?;
            let bytes = Uint8Array::new(&JsFuture::from(slice.array_buffer()).await.map_err(unreadable)?);
            if u64::from(bytes.length()) != end - start {
                return Err(Error::Files(format!("{name}: it ends before its header says it does")));
            }
            piece.resize(bytes.length() as usize, 0);
            bytes.copy_to(&mut piece);
            sink(&piece)?;
            start = end;
        }
        Ok(())
    }
}

/// Which of the files is the model, and the folder it stands in, with its slash: the one GGUF, any part of the one that is
/// split, the folder that was packed, or that of the outermost `config.json`.
fn choose(names: &[&str]) -> Result<(String, String), String> {
    let ggufs: Vec<String> =
        names.iter().filter(|name| name.ends_with(".gguf")).map(|name| (*name).to_owned()).collect();
    if let Some(gguf) = ggufs.first() {
        let parts = part_names(gguf);
        if ggufs.iter().any(|gguf| !parts.contains(gguf)) {
            return Err(format!("{} models at once: {}; give one", ggufs.len(), ggufs.join(", ")));
        }
        let (folder, name) = split(gguf);
        let is_packed = names.contains(&format!("{folder}{MANIFEST}").as_str());
        return Ok((folder.to_owned(), if is_packed { String::new() } else { name.to_owned() }));
    }
    let configs = names.iter().map(|name| split(name)).filter(|(_, name)| *name == "config.json");
    match configs.map(|(folder, _)| folder).min_by_key(|folder| folder.len()) {
        Some(folder) => Ok((folder.to_owned(), String::new())),
        None => Err(format!(
            "{}: no model; give one .gguf file, or a folder with config.json, tokenizer.json and .safetensors files",
            match names {
                [] => "no files".to_owned(),
                [name] => (*name).to_owned(),
                _ => format!("{} files", names.len()),
            }
        )),
    }
}

/// A path's folder, with its slash, and its name.
fn split(path: &str) -> (&str, &str) {
    path.split_at(path.rfind('/').map_or(0, |slash| slash + 1))
}
