//! A model's files on a hub, and what the cache has of them.

mod address;
mod answer;
mod cache;
mod client;
mod download;
mod id;
mod refusal;
mod token;
mod waits;

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;

use engine::{Error, Files};

use crate::disk::Disk;
use answer::{Head, Remote};
use cache::{Cache, Claim, Part, Slot};
use client::Client;
use download::Download;
use id::{DEFAULT_REVISION, is_commit, is_gguf};
use refusal::{Fault, reason};
use waits::Waits;

pub use id::HubId;

/// More names than anybody reads.
const MOST_NAMES: usize = 12;

/// One repository at one revision.
pub struct Hub {
    /// The GGUF's name, or nothing where the repository is a Hugging Face folder.
    pub model: String,
    known: RefCell<Known>,
}

/// What is known of the repository, more with every question.
struct Known {
    client: Client,
    cache: Cache,
    /// The commit, once it is known.
    revision: String,
    /// Why the hub is not asked, where it is not.
    offline: Option<String>,
    /// Whether the hub has answered in this run.
    reached: bool,
    files: HashMap<String, Found>,
    parts: HashMap<String, Part>,
}

/// One file, as far as it is known.
#[derive(Clone)]
enum Found {
    /// The repository has no such file.
    Absent,
    /// The cache has all of it: so many bytes.
    Whole(u64),
    /// It is to be fetched.
    Remote(Slot, Remote),
}

impl Hub {
    /// The repository and revision of `id`; nothing is asked yet, and nothing at all where `offline`.
    ///
    /// # Errors
    /// The environment names a hub or a token that cannot be one, or the user has no cache folder.
    pub fn open(id: HubId, offline: bool) -> Result<Self, String> {
        let (model, revision) = (id.file.clone(), id.revision.clone());
        let client = Client::new(id)?;
        let cache = Cache::of(client.host(), &client.id.repo)?;
        let mut known = Known {
            client,
            cache,
            revision,
            offline: None,
            reached: false,
            files: HashMap::new(),
            parts: HashMap::new(),
        };
        if offline {
            known.stay_offline("--offline was given".to_owned());
        }
        Ok(Self { model, known: RefCell::new(known) })
    }

    /// Bytes of `names` that are to be fetched, and bytes that are here.
    ///
    /// # Errors
    /// The hub cannot be reached, or refuses.
    pub fn lacking_bytes<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(u64, u64), Error> {
        let mut known = self.known.borrow_mut();
        let (mut lacking, mut here) = (0, 0);
        for name in names {
            match known.find(name)? {
                Found::Absent => (),
                Found::Whole(size) => here += size,
                Found::Remote(slot, remote) => {
                    let part = slot.part_bytes().min(remote.size_bytes);
                    here += part;
                    lacking += remote.size_bytes - part;
                }
            }
        }
        Ok((lacking, here))
    }

    /// Repository, revision, host: `owner/name at 0123456789ab on HOST`.
    pub fn described(&self) -> String {
        let known = self.known.borrow();
        let length = if is_commit(&known.revision) { 12 } else { known.revision.len() };
        format!("{} at {} on {}", known.client.id.repo, &known.revision[..length], known.client.host())
    }

    /// Repository, whole revision, host.
    pub fn source(&self) -> String {
        let known = self.known.borrow();
        format!("{} at {} on {}", known.client.id.repo, known.revision, known.client.host())
    }

    /// SHA-256 of file `name`, against which it was held when it was fetched; `None` where the hub does not tell it.
    pub fn sha256(&self, name: &str) -> Option<String> {
        let known = self.known.borrow();
        known.cache.slot(&known.revision, name).ok()?.sha256()
    }

    /// That file `name` is not there, in words that say what to do.
    pub fn lacks(&self, name: &str) -> String {
        let known = self.known.borrow();
        let HubId { repo, revision, file } = &known.client.id;
        let at = if revision == DEFAULT_REVISION { String::new() } else { format!("@{revision}") };
        let others = match known.offline {
            None => known.client.names(&known.revision).unwrap_or_default(),
            Some(_) => Vec::new(),
        };
        let others: Vec<&str> = others.iter().map(|name| &**name).filter(|name| is_gguf(name)).collect();
        let hint = match *others {
            [first, ..] => {
                let most = others.len().min(MOST_NAMES);
                format!(
                    "name one of its files, as in {repo}{at}:{first}; it has {}",
                    others[..most].join(", ")
                )
            }
            [] if file.is_empty() => "it is no Hugging Face folder and has no GGUF files".to_owned(),
            [] => "check repository, revision and file".to_owned(),
        };
        format!("{repo}: {} has no {name} at revision {revision}; {hint}", known.client.host())
    }

    /// The cache's folder of the revision: its whole files are read like any.
    fn disk(&self) -> Disk {
        let known = self.known.borrow();
        Disk::of(known.cache.folder(&known.revision), self.model.clone())
    }
}

impl Files for Hub {
    async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        Ok(match self.known.borrow_mut().find(name)? {
            Found::Absent => None,
            Found::Whole(size_bytes) | Found::Remote(_, Remote { size_bytes, .. }) => Some(size_bytes),
        })
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let read = self.known.borrow_mut().read(name, &range)?;
        match read {
            Some(bytes) => Ok(bytes),
            None => self.disk().read(name, range).await,
        }
    }

    async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let streamed = self.known.borrow_mut().stream(name, &range, sink)?;
        if streamed { Ok(()) } else { self.disk().stream(name, range, sink).await }
    }
}

impl Known {
    /// Finds out where file `name` is.
    fn find(&mut self, name: &str) -> Result<Found, Error> {
        if let Some(found) = self.files.get(name) {
            return Ok(found.clone());
        }
        let found = match self.find_here(name)? {
            Some(found) => found,
            None => self.find_there(name)?,
        };
        self.files.insert(name.to_owned(), found.clone());
        Ok(found)
    }

    /// What the cache alone knows of a commit, or of any revision where the hub is not asked.
    fn find_here(&self, name: &str) -> Result<Option<Found>, Error> {
        let slot = self.cache.slot(&self.revision, name).map_err(Error::Files)?;
        if self.offline.is_none() && !is_commit(&self.revision) {
            return Ok(None);
        }
        match (slot.whole_bytes(), &self.offline) {
            (Some(size_bytes), _) => Ok(Some(Found::Whole(size_bytes))),
            (None, _) if slot.is_absent() => Ok(Some(Found::Absent)),
            (None, None) => Ok(None),
            (None, Some(reason)) => Err(Error::Files(format!(
                "{}: the cache does not have all of it ({}), and it cannot be fetched: {reason}",
                name,
                slot.whole.display()
            ))),
        }
    }

    /// What the hub says.
    fn find_there(&mut self, name: &str) -> Result<Found, Error> {
        let head = match self.head(name) {
            Ok(head) => head,
            Err(Fault::Unreachable(reason)) if !self.reached && self.has_copy() => {
                self.stay_offline(reason.clone());
                let found = self.find_here(name)?;
                eprintln!("reckon: {reason}; the cache's copy of {} is used", self.client.id);
                return Ok(found.expect("without a hub, a file is found or refused"));
            }
            Err(Fault::Unreachable(reason)) => {
                return Err(Error::Files(format!(
                    "{}: no path on this disk, and cannot be fetched: {reason}",
                    self.client.id
                )));
            }
            Err(Fault::Refused(words)) => return Err(Error::Files(words)),
            Err(Fault::Changed) => unreachable!("asked for no range"),
        };
        self.reached = true;
        if let Some(commit) = head.commit.filter(|_| !is_commit(&self.revision)) {
            // A cache that is only to be read will do as long as nothing is new.
            if self.cache.remembered(&self.revision).as_ref() != Some(&commit) {
                self.cache.remember(&self.revision, &commit).map_err(Error::Files)?;
            }
            self.revision = commit;
            if let Some(found) = self.find_here(name)? {
                return Ok(found);
            }
        }
        let slot = self.cache.slot(&self.revision, name).map_err(Error::Files)?;
        Ok(match head.remote {
            None => {
                slot.keep_absence().map_err(Error::Files)?;
                Found::Absent
            }
            Some(remote) if slot.is_of(&remote) => Found::Whole(remote.size_bytes),
            Some(remote) => Found::Remote(slot, remote),
        })
    }

    fn head(&self, name: &str) -> Result<Head, Fault> {
        let mut waits = Waits::default();
        loop {
            match self.client.head(&self.revision, name) {
                // A hub that has never answered may be no hub.
                Err(Fault::Unreachable(_)) if self.reached && waits.pause() => (),
                head => return head,
            }
        }
    }

    fn has_copy(&self) -> bool {
        self.cache.remembered(&self.revision).is_some() || self.cache.folder(&self.revision).is_dir()
    }

    fn stay_offline(&mut self, reason: String) {
        self.offline = Some(reason);
        if let Some(commit) = self.cache.remembered(&self.revision) {
            self.revision = commit;
        }
    }

    /// The bytes of `range`; `None` where the whole file is in the cache.
    fn read(&mut self, name: &str, range: &Range<u64>) -> Result<Option<Vec<u8>>, Error> {
        let Found::Remote(slot, remote) = self.find(name)? else { return Ok(None) };
        match self.claim(name, &slot, &remote, false)? {
            Some(true) => (),
            Some(false) => return Ok(None),
            None => return self.read_past(name, &remote, range).map(Some),
        }
        let mut download = self.download(name, &remote);
        download.fetch(range.end, &mut |_| Ok(()))?;
        let is_whole = download.part.length == remote.size_bytes;
        if is_whole {
            download.check(None)?;
        }
        let mut bytes = vec![0; (range.end - range.start) as usize];
        download.part.read(range.start, &mut bytes).map_err(Error::Files)?;
        if is_whole {
            self.finish(name, &remote)?;
        }
        Ok(Some(bytes))
    }

    /// Whether the bytes of `range` went to `sink`: not where the whole file is in the cache.
    fn stream(
        &mut self,
        name: &str,
        range: &Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let Found::Remote(slot, remote) = self.find(name)? else { return Ok(false) };
        if self.claim(name, &slot, &remote, true)? != Some(true) {
            return Ok(false);
        }
        self.download(name, &remote).stream(range.clone(), sink)?;
        self.finish(name, &remote)?;
        Ok(true)
    }

    /// Whether this process may write the file: not where it is whole by now, `None` where another process writes it.
    fn claim(&mut self, name: &str, slot: &Slot, remote: &Remote, wait: bool) -> Result<Option<bool>, Error> {
        if self.parts.contains_key(name) {
            return Ok(Some(true));
        }
        match slot.claim(remote, wait).map_err(Error::Files)? {
            Claim::Mine(part) => {
                self.parts.insert(name.to_owned(), part);
                Ok(Some(true))
            }
            Claim::Whole => {
                self.files.insert(name.to_owned(), Found::Whole(remote.size_bytes));
                Ok(Some(false))
            }
            Claim::Busy => Ok(None),
        }
    }

    fn download<'a>(&'a mut self, name: &'a str, remote: &'a Remote) -> Download<'a> {
        let part = self.parts.get_mut(name).expect("the file was claimed");
        Download { client: &self.client, revision: &self.revision, name, remote, part }
    }

    fn finish(&mut self, name: &str, remote: &Remote) -> Result<(), Error> {
        let part = self.parts.remove(name).expect("the file was claimed");
        part.finish().map_err(Error::Files)?;
        self.files.insert(name.to_owned(), Found::Whole(remote.size_bytes));
        Ok(())
    }

    /// The bytes of `range`, past the cache: another process is at it.
    fn read_past(&self, name: &str, remote: &Remote, range: &Range<u64>) -> Result<Vec<u8>, Error> {
        let answer = self.client.get(&self.revision, name, (range.start, range.end), remote, None);
        let answer = answer
            .and_then(|answer| if answer.remote.may_be(remote) { Ok(answer) } else { Err(Fault::Changed) });
        let bytes = answer.and_then(|answer| {
            let mut bytes = Vec::new();
            let until = range.end - answer.start;
            let read = answer.reader.take(until).read_to_end(&mut bytes);
            read.map_err(|err| Fault::Unreachable(reason(&err)))?;
            // A server without ranges began at the file's first byte.
            Ok(bytes.split_off(bytes.len().min((range.start - answer.start) as usize)))
        });
        match bytes {
            Ok(bytes) if bytes.len() as u64 == range.end - range.start => Ok(bytes),
            Ok(_) => Err(Error::Files(format!("{name}: the connection was cut; try again"))),
            Err(Fault::Unreachable(words) | Fault::Refused(words)) => Err(Error::Files(words)),
            Err(Fault::Changed) => Err(Error::Files(format!("{name}: it changed on the hub; try again"))),
        }
    }
}
