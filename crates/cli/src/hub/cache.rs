//! What was fetched from a hub, on this disk: `HOST/OWNER--NAME/COMMIT/FILE`.
//!
//! Beside FILE stands `FILE.origin`: what the hub said of it; of a file that the hub does not have it stands alone.
//! `FILE.part` is the beginning of a file that is being fetched: its length is what is there, so a process may end at
//! any moment. Who writes it holds the lock of `FILE.origin`. `BRANCH.commit` says what a branch stood for when the hub
//! was last asked; where a hub tells no commits, the branch's own name stands in place of one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::answer::Remote;
use super::id::{is_commit, is_relative};

/// The folder of one repository.
pub struct Cache {
    folder: PathBuf,
}

/// One file's place in it.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The file, where it is whole.
    pub whole: PathBuf,
    part: PathBuf,
    origin: PathBuf,
}

/// What the hub said of a file.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
struct Origin {
    /// `None` where the hub has no such file.
    size_bytes: Option<u64>,
    etag: Option<String>,
    /// What `If-Range` may name.
    range_etag: Option<String>,
}

/// What came of the wish to write a file.
pub enum Claim {
    /// This process alone may write it.
    Mine(Part),
    /// Another process has finished it meanwhile.
    Whole,
    /// Another process writes it.
    Busy,
}

/// The beginning of a file, which this process alone may write.
pub struct Part {
    slot: Slot,
    /// Its lock is given back with it.
    origin_file: File,
    origin: Origin,
    file: File,
    /// Bytes that are there.
    pub length: u64,
}

/// The folder where this user's programs keep what they could fetch again.
pub fn users_cache() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("XDG_CACHE_HOME") {
        return Some(folder);
    }
    match cfg!(windows) {
        true => variable("LOCALAPPDATA"),
        false => variable("HOME").map(|home| home.join(".cache")),
    }
}

impl Cache {
    /// The folder of a repository: in `RECKON_CACHE`, else in `reckon` of the user's cache folder.
    ///
    /// # Errors
    /// The user has no home.
    pub fn of(host: &str, repo: &str) -> Result<Self, String> {
        let root = std::env::var_os("RECKON_CACHE").filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = root.or_else(|| Some(users_cache()?.join("reckon")));
        let root = root.ok_or("no folder to keep downloads in; name one in RECKON_CACHE")?;
        let kept = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let host: String = host.chars().map(|c| if kept(c) { c } else { '-' }).collect();
        Ok(Self { folder: root.join(host.trim_start_matches('.')).join(repo.replace('/', "--")) })
    }

    /// The folder of one revision.
    pub fn folder(&self, revision: &str) -> PathBuf {
        self.folder.join(revision.replace('/', "--"))
    }

    /// What `revision` stood for when the hub was last asked.
    pub fn remembered(&self, revision: &str) -> Option<String> {
        let commit = fs::read_to_string(self.commit_file(revision)).ok()?;
        Some(commit.trim().to_owned()).filter(|commit| is_commit(commit))
    }

    /// Keeps what `revision` stands for.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn remember(&self, revision: &str, commit: &str) -> Result<(), String> {
        let path = self.commit_file(revision);
        let write = || {
            fs::create_dir_all(&self.folder)?;
            fs::write(&path, format!("{commit}\n"))
        };
        write().map_err(|err| fault(&path, &err))
    }

    fn commit_file(&self, revision: &str) -> PathBuf {
        self.folder.join(format!("{}.commit", revision.replace('/', "--")))
    }

    /// The place of file `name`.
    ///
    /// # Errors
    /// The name leads elsewhere: it comes from a file that was fetched.
    pub fn slot(&self, revision: &str, name: &str) -> Result<Slot, String> {
        if !is_relative(name) || name.ends_with(".part") || name.ends_with(".origin") {
            return Err(format!("{name:?}: not a name that a model's file may have"));
        }
        let whole = name.split('/').fold(self.folder(revision), |path, part| path.join(part));
        let beside = |ending: &str| {
            let mut path = whole.clone().into_os_string();
            path.push(ending);
            PathBuf::from(path)
        };
        let (part, origin) = (beside(".part"), beside(".origin"));
        Ok(Slot { whole, part, origin })
    }
}

impl Slot {
    /// Size of the file, where it is whole.
    pub fn whole_bytes(&self) -> Option<u64> {
        fs::metadata(&self.whole).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len())
    }

    /// Bytes of it that are there already.
    pub fn part_bytes(&self) -> u64 {
        fs::metadata(&self.part).map_or(0, |metadata| metadata.len())
    }

    /// Whether the hub said that there is no such file.
    pub fn is_absent(&self) -> bool {
        let origin = File::open(&self.origin).ok().and_then(|mut file| read(&mut file));
        origin.is_some_and(|origin| origin.size_bytes.is_none())
    }

    /// Whether the whole file is the one that the hub has now.
    pub fn is_of(&self, remote: &Remote) -> bool {
        let origin = File::open(&self.origin).ok().and_then(|mut file| read(&mut file));
        self.whole_bytes() == Some(remote.size_bytes)
            && origin.is_some_and(|origin| origin.etag == remote.etag)
    }

    /// The SHA-256 that the hub told of the file, where that is whole.
    pub fn sha256(&self) -> Option<String> {
        let size_bytes = self.whole_bytes()?;
        let Origin { etag, .. } = File::open(&self.origin).ok().and_then(|mut file| read(&mut file))?;
        Remote { size_bytes, etag }.sha256().map(str::to_owned)
    }

    /// Keeps that the hub has no such file.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep_absence(&self) -> Result<(), String> {
        if let Some(mut file) = self.lock(false)? {
            write(&mut file, &Origin::default()).map_err(|err| fault(&self.origin, &err))?;
        }
        Ok(())
    }

    /// Locks the file: `None` where another process holds it, and `wait` is not wanted.
    fn lock(&self, wait: bool) -> Result<Option<File>, String> {
        let open = || {
            fs::create_dir_all(self.origin.parent().unwrap_or(Path::new("")))?;
            let file =
                OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.origin)?;
            match file.try_lock() {
                Ok(()) => Ok(Some(file)),
                Err(TryLockError::WouldBlock) if !wait => Ok(None),
                Err(TryLockError::WouldBlock) => {
                    eprintln!("reckon: another process fetches {}; waiting for it", self.whole.display());
                    file.lock()?;
                    Ok(Some(file))
                }
                Err(TryLockError::Error(err)) => Err(err),
            }
        };
        open().map_err(|err| fault(&self.origin, &err))
    }

    /// Claims the file `remote` for writing, where `wait` after whoever holds it now. What is there of another content
    /// is dropped.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn claim(&self, remote: &Remote, wait: bool) -> Result<Claim, String> {
        let Some(mut origin_file) = self.lock(wait)? else { return Ok(Claim::Busy) };
        if self.is_of(remote) {
            return Ok(Claim::Whole);
        }
        // An older content would pass for this one, once the origin is told anew.
        match fs::remove_file(&self.whole) {
            Err(err) if err.kind() != ErrorKind::NotFound => return Err(fault(&self.whole, &err)),
            _ => (),
        }
        let known = read(&mut origin_file);
        let wanted =
            Origin { size_bytes: Some(remote.size_bytes), etag: remote.etag.clone(), range_etag: None };
        let is_same = |origin: &Origin| origin.size_bytes == wanted.size_bytes && origin.etag == wanted.etag;
        let known = known.filter(is_same);
        let file = OpenOptions::new().read(true).append(true).create(true).open(&self.part);
        let file = file.map_err(|err| fault(&self.part, &err))?;
        let length = file.metadata().map_err(|err| fault(&self.part, &err))?.len();
        let is_known = known.is_some() && length <= remote.size_bytes;
        let mut part =
            Part { slot: self.clone(), origin_file, origin: known.unwrap_or(wanted), file, length };
        if !is_known {
            part.empty()?;
            part.keep_origin()?;
        }
        Ok(Claim::Mine(part))
    }
}

impl Part {
    /// What `If-Range` may name.
    pub fn range_etag(&self) -> Option<&str> {
        self.origin.range_etag.as_deref()
    }

    /// Keeps what `If-Range` may name.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn set_range_etag(&mut self, range_etag: Option<String>) -> Result<(), String> {
        if self.origin.range_etag != range_etag {
            self.origin.range_etag = range_etag;
            self.keep_origin()?;
        }
        Ok(())
    }

    /// Appends bytes: they are with the system when this returns.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.file.write_all(bytes).map_err(|err| fault(&self.slot.part, &err))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Fills `bytes` from `start` on.
    ///
    /// # Errors
    /// They are not there, or the disk refuses.
    pub fn read(&mut self, start: u64, bytes: &mut [u8]) -> Result<(), String> {
        let mut read = || {
            self.file.seek(SeekFrom::Start(start))?;
            self.file.read_exact(bytes)
        };
        read().map_err(|err| fault(&self.slot.part, &err))
    }

    fn empty(&mut self) -> Result<(), String> {
        self.file.set_len(0).map_err(|err| fault(&self.slot.part, &err))?;
        self.length = 0;
        Ok(())
    }

    /// Drops what is there; nothing may be appended after it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn discard(&mut self) -> Result<(), String> {
        self.empty()?;
        fs::remove_file(&self.slot.part).map_err(|err| fault(&self.slot.part, &err))
    }

    /// Makes the part the whole file, at once.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn finish(self) -> Result<(), String> {
        let finish = || {
            self.file.sync_data()?;
            fs::rename(&self.slot.part, &self.slot.whole)
        };
        finish().map_err(|err| fault(&self.slot.whole, &err))
    }

    fn keep_origin(&mut self) -> Result<(), String> {
        write(&mut self.origin_file, &self.origin).map_err(|err| fault(&self.slot.origin, &err))
    }
}

/// The first object of an origin file; what may stand behind it was cut off too late.
fn read(file: &mut File) -> Option<Origin> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::Deserializer::from_str(&text).into_iter().next()?.ok()
}

fn write(file: &mut File, origin: &Origin) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(origin)?;
    line.push(b'\n');
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&line)?;
    file.set_len(line.len() as u64)
}

fn fault(path: &Path, err: &std::io::Error) -> String {
    let reason = match err.kind() {
        ErrorKind::PermissionDenied => {
            "writing it is not permitted; name another folder in RECKON_CACHE".to_owned()
        }
        ErrorKind::StorageFull => {
            "the disk is full; make room, or name another folder in RECKON_CACHE".to_owned()
        }
        _ => err.to_string(),
    };
    format!("{}: {reason}", path.display())
}
