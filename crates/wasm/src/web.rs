//! Files behind an address, by `fetch`: in parts side by side where the server has ranges, from the start where it has
//! not; asked for again where the connection broke, from the byte where it broke.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use engine::Error;
use js_sys::Uint8Array;
use web_sys::{AbortSignal, Response};

use crate::answer::{Answer, Ask, Client, Stamp};
use crate::clock::{now_ms, sleep};
use crate::fault::words;
use crate::place::Place;
use crate::reader::{Ladle, Pool, Reader};
use crate::trouble::{Patience, Trouble, stopped};
use crate::window::{Chunks, Window, first};

/// Bytes the first request of a file asks for: most headers and all small files are in them.
const FIRST_BYTES: u64 = 64 << 10;
/// Bytes of a part, and parts under way at once: what waits for its turn is held outside the heap.
const PART_BYTES: u64 = 8 << 20;
const PARTS: usize = 4;
/// A server that says nothing for so long is asked again.
const SILENCE_MS: f64 = 10_000.0;
const CHANGED: &str = "the file changed on the server while it was loading; load it again";

/// A folder of some server.
pub(crate) struct Web {
    place: Place,
    signal: AbortSignal,
    has_answered: Cell<bool>,
    known: RefCell<HashMap<String, Known>>,
    pool: Pool,
}

/// What the first request of a file told.
struct Known {
    /// `None` where there is no such file.
    size_bytes: Option<u64>,
    /// The file's beginning, or all of it where the server would not tell its size.
    prefix: Vec<u8>,
    has_ranges: bool,
    stamp: Stamp,
}

impl Web {
    pub(crate) fn new(place: Place, signal: &AbortSignal) -> Self {
        Self {
            place,
            signal: signal.clone(),
            has_answered: Cell::new(false),
            known: RefCell::default(),
            pool: Pool::default(),
        }
    }

    pub(crate) fn model(&self) -> &str {
        &self.place.model
    }

    pub(crate) async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        if let Some(known) = self.known.borrow().get(name) {
            return Ok(known.size_bytes);
        }
        let url = self.place.url(name);
        let mut patience = Patience::new(0);
        loop {
            let heard = Cell::new(now_ms());
            match first(self.meet(name, &url, &heard), self.silence(&heard)).await {
                Ok(known) => {
                    let size_bytes = known.size_bytes;
                    self.known.borrow_mut().insert(name.to_owned(), known);
                    return Ok(size_bytes);
                }
                Err(trouble) => patience.wait(trouble, &url, 0, &self.signal).await?,
            }
        }
    }

    /// By what the file is known again, once it has been asked for.
    pub(crate) fn stamp(&self, name: &str) -> Stamp {
        self.known.borrow().get(name).map(|known| known.stamp.clone()).unwrap_or_default()
    }

    /// The first request of a file: its size, and its beginning.
    async fn meet(&self, name: &str, url: &str, heard: &Cell<f64>) -> Result<Known, Trouble> {
        let known =
            |size_bytes| Known { size_bytes, prefix: Vec::new(), has_ranges: false, stamp: Stamp::default() };
        let (response, mut stamp, has_ranges) =
            match self.client().get(url, Ask::First(FIRST_BYTES), is_weights(name)).await? {
                Answer::Missing => return Ok(known(None)),
                Answer::Empty => return Ok(known(Some(0))),
                // A server of an app answers a missing file with its front page.
                Answer::Page if !is_weights(name) && name != "config.json" => return Ok(known(None)),
                Answer::Page => return Err(page(url)),
                Answer::Part { response, stamp, .. } => (response, stamp, true),
                Answer::Whole { response, stamp } => (response, stamp, false),
            };
        if has_ranges && stamp.size_bytes.is_none() {
            // A server of another site may hide the size of the whole behind a part of it.
            stamp.size_bytes = Some(self.client().told_length(url).await?);
        }
        let told_bytes = stamp.size_bytes;
        // A body of unknown length is read to its end once, and kept where it is small enough to be text.
        let keep = if told_bytes.is_none() && !is_weights(name) { u64::MAX } else { FIRST_BYTES };
        let most = told_bytes.map_or(u64::MAX, |size| size.min(keep));
        let mut prefix = Vec::new();
        let (mut read, mut ladle) = (0, Ladle::default());
        self.read_body(&response, most, heard, &mut |chunk| {
            read += u64::from(chunk.length());
            let room = keep.saturating_sub(prefix.len() as u64).min(u64::from(chunk.length()));
            ladle.hand_on(&chunk.subarray(0, room as u32), &mut |piece| {
                prefix.extend_from_slice(piece);
                Ok(())
            })
        })
        .await?;
        Ok(Known { size_bytes: Some(told_bytes.unwrap_or(read)), prefix, has_ranges, stamp })
    }

    pub(crate) async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut start = range.start;
        let kept = self.kept(name, start..range.end);
        if !kept.is_empty() {
            sink(&kept)?;
            start += kept.len() as u64;
        }
        let has_ranges = self.known.borrow().get(name).is_some_and(|known| known.has_ranges);
        let part_bytes = if has_ranges { PART_BYTES } else { u64::MAX };
        let (mut window, mut ladle) = (Window::default(), Ladle::default());
        while start < range.end || window.len() > 0 {
            while start < range.end && window.len() < PARTS {
                let end = start.saturating_add(part_bytes).min(range.end);
                let chunks = Chunks::default();
                window.push(chunks.clone(), self.bring(name, start..end, has_ranges, chunks));
                start = end;
            }
            if let Some(chunk) = window.next().await? {
                ladle.hand_on(&chunk, sink)?;
                self.pool.give(&chunk);
            }
        }
        Ok(())
    }

    /// Brings bytes of a file, whatever the connection does.
    async fn bring(
        &self,
        name: &str,
        range: Range<u64>,
        has_ranges: bool,
        chunks: Chunks,
    ) -> Result<(), Error> {
        let url = self.place.url(name);
        let at = Cell::new(range.start);
        let mut patience = Patience::new(range.start);
        while at.get() < range.end {
            let heard = Cell::new(now_ms());
            let left = at.get()..range.end;
            let ask = if has_ranges { Ask::Part(left) } else { Ask::Whole };
            let mut take = |chunk: Uint8Array| {
                at.set(at.get() + u64::from(chunk.length()));
                chunks.borrow_mut().push_back(chunk);
            };
            let tried = self.try_part(name, &url, at.get()..range.end, ask, &heard, &mut take);
            if let Err(trouble) = first(tried, self.silence(&heard)).await {
                patience.wait(trouble, &url, at.get(), &self.signal).await?;
            }
        }
        Ok(())
    }

    /// One request for bytes of a file, as far as they come.
    async fn try_part(
        &self,
        name: &str,
        url: &str,
        range: Range<u64>,
        ask: Ask,
        heard: &Cell<f64>,
        take: &mut dyn FnMut(Uint8Array),
    ) -> Result<(), Trouble> {
        let lasting = |words: String| Err(Trouble::Lasting(Error::Files(format!("{url}: {words}"))));
        let (response, stamp, start, is_whole) = match self.client().get(url, ask, is_weights(name)).await? {
            Answer::Part { response, start, stamp } => (response, stamp, start.unwrap_or(range.start), false),
            Answer::Whole { response, stamp } => (response, stamp, 0, true),
            Answer::Page => return Err(page(url)),
            Answer::Missing => {
                return lasting("the server had this file a moment ago and has it no more".to_owned());
            }
            Answer::Empty => return lasting(CHANGED.to_owned()),
        };
        if self.known.borrow().get(name).is_some_and(|known| !known.stamp.is_like(&stamp)) {
            return lasting(CHANGED.to_owned());
        }
        if !is_whole && start != range.start {
            return lasting(format!("asked from byte {}, the server answered from {start}", range.start));
        }
        let mut skip = range.start - start;
        let most = range.end - start;
        let read = self
            .read_body(&response, most, heard, &mut |chunk| {
                let skipped = skip.min(u64::from(chunk.length()));
                skip -= skipped;
                if skipped < u64::from(chunk.length()) {
                    take(chunk.subarray(skipped as u32, chunk.length()));
                }
                Ok(())
            })
            .await?;
        // A server may give less than was asked for; where it gives nothing more, there is nothing more.
        if read == 0 || is_whole && read < most {
            return lasting("the file ends before its header says it does".to_owned());
        }
        Ok(())
    }

    /// Reads at most `most` bytes of a body; gives how many there were.
    async fn read_body(
        &self,
        response: &Response,
        most: u64,
        heard: &Cell<f64>,
        take: &mut dyn FnMut(Uint8Array) -> Result<(), Error>,
    ) -> Result<u64, Trouble> {
        let Some(mut reader) = Reader::of(response, &self.pool) else { return Ok(0) };
        let mut read = 0;
        while read < most {
            let chunk = reader.chunk().await;
            heard.set(now_ms());
            let chunk = chunk.map_err(|thrown| match self.signal.aborted() {
                true => Trouble::Lasting(stopped()),
                false => Trouble::Passing(format!("the connection broke ({})", words(&thrown))),
            })?;
            let Some(chunk) = chunk else { break };
            let len = u64::from(chunk.length()).min(most - read);
            take(chunk.subarray(0, len as u32)).map_err(Trouble::Lasting)?;
            read += len;
        }
        if response.status() == 206 && read == most {
            // A part that has been read to its end is not cut off: the connection serves the next request.
            let _ = reader.chunk().await;
        }
        Ok(read)
    }

    /// Ends with an error once nothing has been heard for too long.
    async fn silence<T>(&self, heard: &Cell<f64>) -> Result<T, Trouble> {
        loop {
            let left_ms = heard.get() + SILENCE_MS - now_ms();
            if left_ms <= 0.0 {
                let words = format!("the server has said nothing for {} s", SILENCE_MS / 1000.0);
                return Err(Trouble::Passing(words));
            }
            sleep(left_ms.ceil() as u32, &self.signal).await;
            if self.signal.aborted() {
                return Err(Trouble::Lasting(stopped()));
            }
        }
    }

    pub(crate) async fn read(&self, name: &str, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let (start, mut bytes) = (range.start, Vec::new());
        let mut keep = |piece: &[u8]| {
            bytes.extend_from_slice(piece);
            Ok(())
        };
        self.stream(name, range, &mut keep).await?;
        self.keep(name, start, &bytes);
        Ok(bytes)
    }

    /// Keeps bytes that a header was sought in: weights may begin among them, and are not fetched again.
    fn keep(&self, name: &str, start: u64, bytes: &[u8]) {
        let mut known = self.known.borrow_mut();
        let known = known.get_mut(name).filter(|known| known.prefix.len() as u64 == start);
        if let Some(known) = known {
            known.prefix.extend_from_slice(bytes);
        }
    }

    /// What of `range` is in memory, from its start on.
    fn kept(&self, name: &str, range: Range<u64>) -> Vec<u8> {
        let known = self.known.borrow();
        let prefix = known.get(name).map(|known| known.prefix.as_slice()).unwrap_or_default();
        let end = range.end.min(prefix.len() as u64) as usize;
        prefix.get(range.start.min(end as u64) as usize..end).unwrap_or_default().to_vec()
    }

    fn client(&self) -> Client<'_> {
        Client { signal: &self.signal, hub: self.place.hub.as_ref(), has_answered: &self.has_answered }
    }
}

fn page(url: &str) -> Trouble {
    Trouble::Lasting(Error::Files(format!(
        "{url} is a web page, not a model's file; give the address of the file itself"
    )))
}

fn is_weights(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".gguf") || name.ends_with(".safetensors")
}
