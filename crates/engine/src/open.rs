//! From file names to a checkpoint and its voice: everything that is read before the first weight.

use checkpoint::{Checkpoint, Hash, PackedFile, Parsed, gguf, part_names, safetensors, sha256};

use crate::manifest::{MANIFEST, Manifest};
use crate::voice::Voice;
use crate::{Error, Files};

/// The first read of a header; most safetensors headers fit, and a GGUF's size is not known before.
const FIRST_READ_BYTES: u64 = 64 << 10;
/// Most bytes of a tokenizer, a template or a configuration: Llama-3's tokenizer.json has 9 to 17 MB.
const TEXT_FILE_BYTES: u64 = 64 << 20;
/// Where a Hugging Face folder keeps its weights.
const SINGLE: &str = "model.safetensors";
/// Where it keeps its tokenizer, what is to be known of that, and its chat template.
const TEXTS: [&str; 3] = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];
const INDEX: &str = "model.safetensors.index.json";

/// A model whose headers are read and checked, and none of its weights.
pub struct Opened {
    /// What the weights are and where they lie.
    pub checkpoint: Checkpoint,
    /// The files that say how the model reads and speaks; none where a GGUF does so itself.
    pub(crate) texts: Vec<String>,
    pub(crate) voice: Result<Voice, Error>,
    /// What a manifest says of each of the checkpoint's files; nothing where there is none.
    pub(crate) seals: Vec<Seal>,
}

/// What the bytes of a weight file must hash to.
#[derive(Clone, Debug)]
pub(crate) struct Seal {
    /// Over everything before the weights.
    pub(crate) hash: Hash,
    /// In hex, over the whole file.
    pub(crate) sha256: String,
}

impl Opened {
    /// How the model reads and speaks.
    ///
    /// # Errors
    /// It came without a tokenizer, or with one at fault.
    pub fn voice(&self) -> Result<&Voice, Error> {
        self.voice.as_ref().map_err(Error::clone)
    }
}

/// Reads all headers: of the GGUF named `model`, all its parts where it is split, or of the Hugging Face folder where `model` is empty.
///
/// # Errors
/// A file is missing, cannot be reached, or is not what it should be. A tokenizer at fault is kept until text is
/// asked for: logits need none.
pub async fn open(files: &impl Files, model: &str) -> Result<Opened, Error> {
    if model.is_empty() { folder(files).await } else { whole_gguf(files, model).await }
}

async fn whole_gguf(files: &impl Files, name: &str) -> Result<Opened, Error> {
    let mut parts = Vec::new();
    for name in part_names(name) {
        let header = header(files, &name, gguf::Header::parse).await?;
        parts.push((name, header));
    }
    let checkpoint = Checkpoint::from_gguf(parts)?;
    let voice = Voice::from_gguf(&checkpoint);
    Ok(Opened { checkpoint, texts: Vec::new(), voice, seals: Vec::new() })
}

async fn folder(files: &impl Files) -> Result<Opened, Error> {
    let Some(config) = text_file(files, "config.json").await? else {
        return packed(files).await;
    };
    let generation_config = text_file(files, "generation_config.json").await?;
    let mut shards = Vec::new();
    for name in shard_names(files).await? {
        let header = header(files, &name, safetensors::Header::parse).await?;
        shards.push((name, header));
    }
    let checkpoint = Checkpoint::from_safetensors(&config, generation_config.as_deref(), shards)?;
    let voice = folder_voice(files, &[]).await?;
    Ok(Opened { checkpoint, texts: TEXTS.map(str::to_owned).to_vec(), voice, seals: Vec::new() })
}

/// The folder that `reckon pack` leaves: a GGUF and, where it has no tokenizer, that beside it.
async fn packed(files: &impl Files) -> Result<Opened, Error> {
    let manifest = text_file(files, MANIFEST).await?.ok_or_else(|| Error::MissingFile {
        name: "config.json".to_owned(),
        hint: "a Hugging Face folder has it beside its weights, a packed one has manifest.json",
    })?;
    let manifest = Manifest::parse(&manifest)?;
    let mut opened = whole_gguf(files, &manifest.weights[0].name).await?;
    for file in &opened.checkpoint.files {
        let mut hash = Hash::default();
        hash.update(&files.read(&file.name, 0..file.data_start).await?);
        let listed = manifest.weights.iter().find(|listed| listed.name == file.name);
        let listed = listed.ok_or_else(|| Error::Files(format!("{MANIFEST} does not name {}", file.name)))?;
        opened.seals.push(Seal { hash, sha256: listed.sha256.clone() });
    }
    if !manifest.texts.is_empty() {
        opened.voice = folder_voice(files, &manifest.texts).await?;
        opened.texts = manifest.texts.into_iter().map(|file| file.name).collect();
    }
    Ok(opened)
}

/// The voice of a folder, of files that hash to what is `listed`: the outer error is one of reading, the inner one of what
/// was read.
async fn folder_voice(files: &impl Files, listed: &[PackedFile]) -> Result<Result<Voice, Error>, Error> {
    let [tokenizer, config, template] = TEXTS;
    let Some(tokenizer) = sealed_file(files, tokenizer, listed).await? else {
        return Ok(Err(Error::NoTokenizer));
    };
    let config = sealed_file(files, config, listed).await?;
    let template = sealed_file(files, template, listed).await?;
    Ok(Voice::from_files(&tokenizer, config.as_deref(), template.as_deref()))
}

async fn shard_names(files: &impl Files) -> Result<Vec<String>, Error> {
    if let Some(index) = text_file(files, INDEX).await? {
        return Ok(safetensors::parse_index(&index)?);
    }
    Ok(vec![SINGLE.to_owned()])
}

/// A small file, which is what is `listed` under its name where anything is.
async fn sealed_file(
    files: &impl Files,
    name: &str,
    listed: &[PackedFile],
) -> Result<Option<Vec<u8>>, Error> {
    let bytes = text_file(files, name).await?;
    if let (Some(bytes), Some(listed)) = (&bytes, listed.iter().find(|listed| listed.name == name)) {
        check_seal(name, &sha256(bytes), &listed.sha256)?;
    }
    Ok(bytes)
}

/// Refuses a file that is not the one its manifest names.
pub(crate) fn check_seal(name: &str, found: &str, listed: &str) -> Result<(), Error> {
    if found == listed {
        return Ok(());
    }
    Err(Error::Files(format!(
        "{name}: its SHA-256 is {found}, and {MANIFEST} says {listed}; it was damaged or changed, fetch it again"
    )))
}

pub(crate) async fn text_file(files: &impl Files, name: &str) -> Result<Option<Vec<u8>>, Error> {
    match files.size_bytes(name).await? {
        None => Ok(None),
        Some(size @ ..=TEXT_FILE_BYTES) => files.read(name, 0..size).await.map(Some),
        Some(size) => {
            Err(Error::Files(format!("{name}: {size} bytes; {TEXT_FILE_BYTES} is the most that is read")))
        }
    }
}

/// Reads as much of a file as its header needs.
async fn header<T>(
    files: &impl Files,
    name: &str,
    parse: impl Fn(&[u8], Option<u64>) -> Result<Parsed<T>, checkpoint::Error>,
) -> Result<T, Error> {
    let size = files.size_bytes(name).await?.ok_or_else(|| Error::MissingFile {
        name: name.to_owned(),
        hint: "the weights of a model are one .gguf file or all its parts, model.safetensors, or shards named by its index",
    })?;
    let mut prefix = Vec::new();
    let mut want = FIRST_READ_BYTES.min(size);
    loop {
        let have = prefix.len() as u64;
        prefix.extend(files.read(name, have..want).await?);
        match parse(&prefix, Some(size))? {
            Parsed::Complete(header) => return Ok(header),
            Parsed::Incomplete { need_bytes } if want < size => {
                // Doubling keeps the cost of parsing anew in proportion to the header.
                want = need_bytes.max(2 * want).min(size);
            }
            Parsed::Incomplete { need_bytes } => {
                return Err(Error::Files(format!(
                    "{name}: the header needs {need_bytes} bytes and the file has {size}; it was cut short"
                )));
            }
        }
    }
}
