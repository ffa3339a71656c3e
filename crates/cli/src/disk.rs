//! A model's files on a disk.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use engine::{Error, Files};

/// One read of a weight file: large enough that calls do not matter, small enough not to be noticed.
const CHUNK_BYTES: u64 = 4 << 20;

/// A folder of the disk, and which of its files is the model.
pub struct Disk {
    folder: PathBuf,
    /// The GGUF's name, or nothing where the folder itself is a Hugging Face checkpoint.
    pub model: String,
}

impl Disk {
    /// The model at `path`: a GGUF file or a Hugging Face folder.
    ///
    /// # Errors
    /// There is nothing at `path`, or neither of the two.
    pub fn open(path: &Path) -> Result<Self, String> {
        let kind = std::fs::metadata(path).map_err(|err| format!("{}: {}", path.display(), reason(&err)))?;
        if kind.is_dir() {
            if !["config.json", engine::MANIFEST].iter().any(|name| path.join(name).is_file()) {
                return Err(format!(
                    "{}: a folder without config.json; give a Hugging Face folder, one that was packed, or a .gguf file",
                    path.display()
                ));
            }
            return Ok(Self { folder: path.to_owned(), model: String::new() });
        }
        if path.extension().is_some_and(|extension| extension == "safetensors") {
            return Err(format!(
                "{}: a safetensors file alone does not say what model it is; give the folder that holds it and config.json",
                path.display()
            ));
        }
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| format!("{}: the name is not Unicode", path.display()))?;
        Ok(Self { folder: path.parent().unwrap_or(Path::new("")).to_owned(), model: name.to_owned() })
    }

    /// The folder at `path`, which holds the files of `model`.
    pub fn of(folder: PathBuf, model: String) -> Self {
        Self { folder, model }
    }

    fn fault(&self, name: &str, err: &std::io::Error) -> Error {
        Error::Files(format!("{}: {}", self.folder.join(name).display(), reason(err)))
    }

    fn open_at(&self, name: &str, start: u64) -> Result<File, Error> {
        let mut file = File::open(self.folder.join(name)).map_err(|err| self.fault(name, &err))?;
        file.seek(SeekFrom::Start(start)).map_err(|err| self.fault(name, &err))?;
        Ok(file)
    }
}

impl Files for Disk {
    async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        match std::fs::metadata(self.folder.join(name)) {
            Ok(metadata) => Ok(metadata.is_file().then_some(metadata.len())),
            Err(err) if err.kind() == ErrorKind::NotFound => Ok(None),
            Err(err) => Err(self.fault(name, &err)),
        }
    }

    async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut file = self.open_at(name, range.start)?;
        let mut left = range.end - range.start;
        let mut chunk = vec![0; left.min(CHUNK_BYTES) as usize];
        while left > 0 {
            let part = &mut chunk[..left.min(CHUNK_BYTES) as usize];
            file.read_exact(part).map_err(|err| self.fault(name, &err))?;
            sink(part)?;
            left -= part.len() as u64;
        }
        Ok(())
    }
}

/// What the system says, in words a person would use.
fn reason(err: &std::io::Error) -> String {
    match err.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
        ErrorKind::UnexpectedEof => "the file ends before its header says it does".to_owned(),
        _ => err.to_string(),
    }
}
