//! One file on its way from a hub: what is here is read from the disk, the rest is fetched and appended.

use std::io::{ErrorKind, Read};
use std::ops::Range;

use checkpoint::Hash;
use engine::Error;

use super::answer::Remote;
use super::cache::Part;
use super::client::Client;
use super::refusal::{Fault, reason};
use super::waits::Waits;

/// What is handed on at once.
const CHUNK_BYTES: usize = 256 << 10;

/// Takes bytes that follow each other.
type Sink<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Error>;

/// A file of which the beginning is here.
pub struct Download<'a> {
    /// Where the rest is.
    pub client: &'a Client,
    /// The revision it is asked for at.
    pub revision: &'a str,
    /// Its name in the repository.
    pub name: &'a str,
    /// What the hub said of it.
    pub remote: &'a Remote,
    /// What is here.
    pub part: &'a mut Part,
}

/// Why one try ended before its time.
enum End {
    Fault(Fault),
    Error(Error),
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for End {
    fn from(err: Error) -> Self {
        Self::Error(err)
    }
}

/// A failure of the disk.
impl From<String> for End {
    fn from(words: String) -> Self {
        Self::Error(Error::Files(words))
    }
}

impl Download<'_> {
    /// Hands the bytes of `range` on, as they come, and fetches the file to its end.
    ///
    /// # Errors
    /// As [`Self::fetch`]; the content is not what the hub said; the first error of `sink`.
    pub fn stream(&mut self, range: Range<u64>, sink: Sink) -> Result<(), Error> {
        let mut hash = self.remote.sha256().map(|_| Hash::default());
        let mut position = 0_u64;
        let mut pass = |bytes: &[u8]| {
            if let Some(hash) = &mut hash {
                hash.update(bytes);
            }
            let within = |edge: u64| edge.saturating_sub(position).min(bytes.len() as u64) as usize;
            let wanted = &bytes[within(range.start)..within(range.end)];
            position += bytes.len() as u64;
            if wanted.is_empty() { Ok(()) } else { sink(wanted) }
        };
        self.read(&mut pass)?;
        self.fetch(self.remote.size_bytes, &mut pass)?;
        self.check(hash)
    }

    /// Fetches so much that the first `until` bytes are here. What comes is handed on as well.
    ///
    /// # Errors
    /// The hub refuses, changed the file, or cannot be reached for long; the disk is full; the first error of `sink`.
    pub fn fetch(&mut self, until: u64, sink: Sink) -> Result<(), Error> {
        let mut waits = Waits::default();
        while self.part.length < until {
            let before = self.part.length;
            match self.fetch_once(until, sink) {
                Ok(()) => break,
                Err(End::Error(err)) => return Err(err),
                Err(End::Fault(Fault::Refused(words))) => return Err(Error::Files(words)),
                Err(End::Fault(Fault::Changed)) => {
                    self.part.discard().map_err(Error::Files)?;
                    return Err(Error::Files(format!(
                        "{}: it changed on {} while it was being loaded; what was fetched of it is discarded, load \
                         it again",
                        self.name,
                        self.client.host()
                    )));
                }
                Err(End::Fault(Fault::Unreachable(reason))) => {
                    if before < self.part.length {
                        waits = Waits::default();
                    }
                    if !waits.pause() {
                        return Err(self.lost(&reason));
                    }
                }
            }
        }
        Ok(())
    }

    fn fetch_once(&mut self, until: u64, sink: Sink) -> Result<(), End> {
        let start = self.part.length;
        let if_range = self.part.range_etag();
        let answer = self.client.get(self.revision, self.name, (start, until), self.remote, if_range)?;
        if !answer.remote.may_be(self.remote) {
            return Err(Fault::Changed.into());
        }
        self.part.set_range_etag(answer.range_etag)?;
        let mut reader = answer.reader;
        // A server without ranges begins anew: what is here already passes by.
        let skipped = std::io::copy(&mut reader.by_ref().take(start - answer.start), &mut std::io::sink());
        let mut cut = match skipped {
            Ok(skipped) if skipped == start - answer.start => None,
            Ok(_) => Some("the connection was cut".to_owned()),
            Err(err) => Some(reason(&err)),
        };
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut filled = 0;
        while cut.is_none() && self.part.length < until {
            let room = (until - self.part.length).min((CHUNK_BYTES - filled) as u64) as usize;
            match reader.read(&mut chunk[filled..filled + room]) {
                Ok(0) => cut = Some("the connection was cut".to_owned()),
                Err(err) if err.kind() == ErrorKind::Interrupted => (),
                Err(err) => cut = Some(reason(&err)),
                Ok(count) => {
                    self.part.append(&chunk[filled..filled + count])?;
                    filled += count;
                }
            }
            if filled == CHUNK_BYTES {
                sink(&chunk)?;
                filled = 0;
            }
        }
        if filled > 0 {
            sink(&chunk[..filled])?;
        }
        if let Some(reason) = cut {
            return Err(Fault::Unreachable(reason).into());
        }
        // A connection whose answer was read to its end serves the next request. That there is no end yet is no fault.
        let _ = reader.read(&mut [0]);
        Ok(())
    }

    /// Holds the whole file against what the hub said of it; one that differs is dropped. `hash` is of its bytes, where
    /// they have passed.
    ///
    /// # Errors
    /// It differs.
    pub fn check(&mut self, hash: Option<Hash>) -> Result<(), Error> {
        let Some(expected) = self.remote.sha256() else { return Ok(()) };
        let mut hash = match hash {
            Some(hash) => hash,
            None => {
                let mut hash = Hash::default();
                self.read(&mut |bytes| {
                    hash.update(bytes);
                    Ok(())
                })?;
                hash
            }
        };
        let found = hash.end();
        if found.eq_ignore_ascii_case(expected) {
            return Ok(());
        }
        self.part.discard().map_err(Error::Files)?;
        Err(Error::Files(format!(
            "{}: its SHA-256 is {found}, and {} says {expected}; it was damaged on its way and is discarded, load it \
             again",
            self.name,
            self.client.host()
        )))
    }

    /// Hands on what is here.
    fn read(&mut self, sink: Sink) -> Result<(), Error> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut position = 0;
        while position < self.part.length {
            let bytes = &mut chunk[..(self.part.length - position).min(CHUNK_BYTES as u64) as usize];
            self.part.read(position, bytes).map_err(Error::Files)?;
            sink(bytes)?;
            position += bytes.len() as u64;
        }
        Ok(())
    }

    fn lost(&self, reason: &str) -> Error {
        Error::Files(format!(
            "{}: {} of {} bytes are here, and the rest cannot be had ({reason}); the same command goes on from there",
            self.name, self.part.length, self.remote.size_bytes
        ))
    }
}
