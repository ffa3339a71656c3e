//! Where a model is: on this disk, on a hub, or nowhere.

use std::ops::Range;
use std::path::Path;

use engine::{Error, Files, Opened};

use crate::disk::Disk;
use crate::hub::{Hub, HubId};
use crate::random::Random;

/// A place that holds one model's files.
pub enum Place {
    /// A folder of this disk.
    Disk(Disk),
    /// A repository, with its cache on this disk.
    Hub(Box<Hub>),
    /// Nowhere: a shape, and weights of noise.
    Random(Box<Random>),
}

impl Place {
    /// What `name` means: a path where there is something at it, else a hub id.
    ///
    /// # Errors
    /// It is neither, or what is at the path is no model.
    pub fn find(name: &Path, offline: bool) -> Result<Self, String> {
        if name.exists() {
            return Disk::open(name).map(Self::Disk);
        }
        match name.to_str().and_then(HubId::parse) {
            Some(id) => Ok(Self::Hub(Box::new(Hub::open(id, offline)?))),
            None => Err(format!(
                "{}: there is no such file or folder, and it is no hub id (owner/name, owner/name@revision, \
                 owner/name:file.gguf)",
                name.display()
            )),
        }
    }

    /// The GGUF's name, or nothing where the place itself is a folder that is a model.
    pub fn model(&self) -> &str {
        match self {
            Self::Disk(disk) => &disk.model,
            Self::Hub(hub) => &hub.model,
            Self::Random(_) => "",
        }
    }

    /// Reads all headers.
    ///
    /// # Errors
    /// One readable line.
    pub async fn open(&self) -> Result<Opened, String> {
        engine::open(self, self.model()).await.map_err(|err| match (self, &err) {
            (Self::Hub(hub), Error::MissingFile { name, .. }) => hub.lacks(name),
            _ => err.to_string(),
        })
    }
}

/// The name of the model at a path or of a hub, as a file may be called.
pub fn called(path: &Path) -> String {
    // A path that ends in dots has its name elsewhere; a hub id has none but its own.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().unwrap_or_default().to_string_lossy().replace([':', '@'], "-");
    let stem = name.strip_suffix(".gguf").unwrap_or(&name);
    let is_part = engine::checkpoint::part_names(&name).len() > 1;
    if is_part { stem[..stem.len() - "-00001-of-00009".len()].to_owned() } else { stem.to_owned() }
}

impl Files for Place {
    async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        match self {
            Self::Disk(disk) => disk.size_bytes(name).await,
            Self::Hub(hub) => hub.size_bytes(name).await,
            Self::Random(random) => random.size_bytes(name).await,
        }
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Vec<u8>, Error> {
        match self {
            Self::Disk(disk) => disk.read(name, range).await,
            Self::Hub(hub) => hub.read(name, range).await,
            Self::Random(random) => random.read(name, range).await,
        }
    }

    async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.stream(name, range, sink).await,
            Self::Hub(hub) => hub.stream(name, range, sink).await,
            Self::Random(random) => random.stream(name, range, sink).await,
        }
    }
}
