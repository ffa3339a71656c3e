//! A model into a folder that any static host can serve.

use checkpoint::{AskedDtypes, PackedFile, Packing, Rounded, sha256};

use crate::manifest::{MANIFEST, Manifest};
use crate::open::text_file;
use crate::weights::weight_ranges;
use crate::{Error, Files, Opened, Progress, Stage};

/// How to pack a model.
#[derive(Clone, Debug)]
pub struct PackOptions {
    /// How matrices are stored.
    pub dtypes: AskedDtypes,
    /// What the files are called.
    pub name: String,
    /// Most bytes of a file, unless one matrix has more.
    pub shard_bytes: u64,
    /// Under what terms the weights may be used.
    pub licence: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Packed {
    /// What the folder holds.
    pub manifest: Manifest,
    /// Every matrix that was rounded, and what it lost.
    pub rounded: Vec<Rounded>,
    /// What was done to the weights that a person should know, a line each.
    pub notes: Vec<String>,
}

/// Packs `opened`, handing the files to `sink` one after the other, the manifest last.
///
/// # Errors
/// A file cannot be read or is broken, GGUF has no words for the model, or the sink's own.
pub async fn pack(
    files: &impl Files,
    opened: &Opened,
    options: &PackOptions,
    sink: &mut dyn FnMut(Packing<'_>) -> Result<(), Error>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Packed, Error> {
    let checkpoint = &opened.checkpoint;
    let held = checkpoint.held(options.dtypes);
    let key_values = match checkpoint.key_values.is_empty() {
        true => Vec::new(),
        false => files.read(&checkpoint.files[0].name, checkpoint.key_values.clone()).await?,
    };
    let mut pack = checkpoint.pack(&held, &options.name, options.shard_bytes, &key_values)?;
    let total_bytes = weight_ranges(checkpoint).map(|(_, range)| range.end - range.start).sum();
    let (mut loaded_bytes, mut rounded) = (0, Vec::new());
    for (file, range) in weight_ranges(checkpoint) {
        let mut stream = checkpoint.stream(&held, file).measured();
        let mut push = |bytes: &[u8]| -> Result<(), Error> {
            stream.push(bytes, &mut |piece| pack.push(&piece, sink))?;
            loaded_bytes += bytes.len() as u64;
            progress(Progress { stage: Stage::Weights, loaded_bytes, total_bytes, ..Progress::default() });
            Ok(())
        };
        files.stream(&checkpoint.files[file].name, range, &mut push).await?;
        rounded.extend_from_slice(stream.rounded());
        stream.finish()?;
    }
    let weights = pack.files().to_vec();
    let texts = texts(files, opened, sink).await?;
    let manifest = Manifest::new(weights, texts, options.licence.clone());
    let json = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    write(MANIFEST, &json, sink)?;
    Ok(Packed { manifest, rounded, notes: held.notes().to_vec() })
}

/// Tokenizer and template, JSON without its white space.
async fn texts(
    files: &impl Files,
    opened: &Opened,
    sink: &mut dyn FnMut(Packing<'_>) -> Result<(), Error>,
) -> Result<Vec<PackedFile>, Error> {
    let mut listed = Vec::new();
    for name in &opened.texts {
        let Some(mut bytes) = text_file(files, name).await? else { continue };
        if name.ends_with(".json") {
            let fault = |err| Error::Files(format!("{name}: {err}"));
            let json: serde_json::Value = serde_json::from_slice(&bytes).map_err(fault)?;
            bytes = serde_json::to_vec(&json).map_err(fault)?;
        }
        listed.push(write(name, &bytes, sink)?);
    }
    Ok(listed)
}

fn write(
    name: &str,
    bytes: &[u8],
    sink: &mut dyn FnMut(Packing<'_>) -> Result<(), Error>,
) -> Result<PackedFile, Error> {
    let file = PackedFile { name: name.to_owned(), size_bytes: bytes.len() as u64, sha256: sha256(bytes) };
    sink(Packing::Bytes { file: name, bytes })?;
    sink(Packing::Whole(&file))?;
    Ok(file)
}
