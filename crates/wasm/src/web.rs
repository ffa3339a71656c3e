//! Files behind an address, by `fetch`: with ranges where the server has them, from the start where it has not.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use engine::Error;
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Response, Url};

use crate::answer::{Answer, broken, get, told_length};
use crate::fault::{Code, fault};
use crate::reader::Reader;

/// Bytes the first request of a file asks for: most headers and all small files are in them.
const FIRST_BYTES: u64 = 64 << 10;

/// A folder of some server.
pub(crate) struct Web {
    /// With its slash at the end.
    folder: String,
    /// What follows `?` in the address: it goes with every file.
    query: String,
    /// A GGUF's name, or nothing where the folder is the model.
    model: String,
    signal: AbortSignal,
    known: RefCell<HashMap<String, Known>>,
}

/// What the first request of a file told.
struct Known {
    size_bytes: Option<u64>,
    /// The file's beginning, or all of it where the server would not tell its size.
    prefix: Vec<u8>,
}

impl Web {
    /// Of the address of a GGUF or of a folder.
    pub(crate) fn new(url: &str, signal: &AbortSignal) -> Result<Self, JsValue> {
        let url = Url::new(url).map_err(|_| fault(Code::Options, &format!("{url:?} is no address")))?;
        let path = format!("{}{}", url.origin(), url.pathname());
        let (folder, model) = match path.to_lowercase().ends_with(".gguf") {
            true => path.split_at(path.rfind('/').map_or(0, |slash| slash + 1)),
            false => (path.as_str(), ""),
        };
        let folder = format!("{}/", folder.trim_end_matches('/'));
        Ok(Self {
            folder,
            query: url.search(),
            model: model.to_owned(),
            signal: signal.clone(),
            known: RefCell::default(),
        })
    }

    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// Where the file is.
    fn url(&self, name: &str) -> String {
        format!("{}{name}{}", self.folder, self.query)
    }

    pub(crate) async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        if let Some(known) = self.known.borrow().get(name) {
            return Ok(known.size_bytes);
        }
        let known = self.meet(name).await?;
        let size_bytes = known.size_bytes;
        self.known.borrow_mut().insert(name.to_owned(), known);
        Ok(size_bytes)
    }

    /// The first request of a file: its size, and its beginning.
    async fn meet(&self, name: &str) -> Result<Known, Error> {
        let url = self.url(name);
        let answer = get(&url, 0..FIRST_BYTES, &self.signal).await?;
        let (response, told_bytes) = match answer {
            Answer::Missing => return Ok(Known { size_bytes: None, prefix: Vec::new() }),
            Answer::Empty => return Ok(Known { size_bytes: Some(0), prefix: Vec::new() }),
            // A server of an app answers a missing file with its front page.
            Answer::Page if !is_weights(name) && name != "config.json" => {
                return Ok(Known { size_bytes: None, prefix: Vec::new() });
            }
            Answer::Page => return Err(page(&url)),
            // A server of another site may hide the size of the whole behind a part of it.
            Answer::Part { response, file_bytes: None, .. } => {
                let told_bytes = told_length(&url, &self.signal).await?;
                (response, Some(told_bytes))
            }
            Answer::Part { response, file_bytes, .. } | Answer::Whole { response, file_bytes } => {
                (response, file_bytes)
            }
        };
        // A body of unknown length is read to its end once, and kept where it is small enough to be text.
        let keep = if told_bytes.is_none() && !is_weights(name) { u64::MAX } else { FIRST_BYTES };
        let most = told_bytes.map(|size| size.min(keep));
        let mut prefix = Vec::new();
        let read = read(&url, &response, most, &self.signal, &mut |piece| {
            let room = keep.saturating_sub(prefix.len() as u64).min(piece.len() as u64) as usize;
            prefix.extend_from_slice(&piece[..room]);
            Ok(())
        })
        .await?;
        Ok(Known { size_bytes: Some(told_bytes.unwrap_or(read)), prefix })
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
        if start >= range.end {
            return Ok(());
        }
        let url = self.url(name);
        let (response, mut skip) = match get(&url, start..range.end, &self.signal).await? {
            Answer::Part { response, start: Some(first), .. } if first != start => {
                drop(response);
                return Err(Error::Files(format!(
                    "{url}: asked from byte {start}, the server answered from {first}"
                )));
            }
            Answer::Part { response, .. } => (response, 0),
            Answer::Whole { response, .. } => (response, start),
            Answer::Page => return Err(page(&url)),
            Answer::Missing | Answer::Empty => {
                return Err(Error::Files(format!(
                    "{url}: the server had this file a moment ago and has it no more"
                )));
            }
        };
        let asked = range.end - start;
        let read = read(&url, &response, Some(skip + asked), &self.signal, &mut |piece| {
            let skipped = skip.min(piece.len() as u64) as usize;
            skip -= skipped as u64;
            if skipped < piece.len() { sink(&piece[skipped..]) } else { Ok(()) }
        })
        .await?;
        match read.checked_sub(asked) {
            Some(_) => Ok(()),
            None => Err(Error::Files(format!("{url}: the file ends before its header says it does"))),
        }
    }

    /// What of `range` is in memory, from its start on.
    fn kept(&self, name: &str, range: Range<u64>) -> Vec<u8> {
        let known = self.known.borrow();
        let prefix = known.get(name).map(|known| known.prefix.as_slice()).unwrap_or_default();
        let end = range.end.min(prefix.len() as u64) as usize;
        prefix.get(range.start.min(end as u64) as usize..end).unwrap_or_default().to_vec()
    }
}

/// Reads at most `most` bytes of a body; gives how many there were.
async fn read(
    url: &str,
    response: &Response,
    most: Option<u64>,
    signal: &AbortSignal,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
) -> Result<u64, Error> {
    let Some(mut reader) = Reader::of(response) else { return Ok(0) };
    let most = most.unwrap_or(u64::MAX);
    let mut read = 0;
    while read < most {
        let chunk = reader.chunk().await;
        let Some(chunk) = chunk.map_err(|thrown| broken(url, read, &thrown, signal))? else {
            break;
        };
        let end = u64::from(chunk.length()).min(most - read) as u32;
        reader.hand_on(&chunk, 0, end, sink)?;
        read += u64::from(end);
    }
    if response.status() == 206 && read == most {
        // A part that has been read to its end is not cut off: the connection serves the next request.
        let _ = reader.chunk().await;
    }
    Ok(read)
}

fn page(url: &str) -> Error {
    Error::Files(format!("{url} is a web page, not a model's file; give the address of the file itself"))
}

fn is_weights(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".gguf") || name.ends_with(".safetensors")
}
