//! One request, and what the server's answer means.

use std::cell::Cell;
use std::ops::Range;

use engine::Error;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCache, RequestInit, Response, Url};

use crate::clock::scope;
use crate::fault::words;
use crate::place::Hub;
use crate::trouble::{Trouble, stopped};

/// What came back.
pub(crate) enum Answer {
    /// There is no such file.
    Missing,
    /// The file has no bytes there.
    Empty,
    /// A web page instead of a file.
    Page,
    /// The bytes that were asked for, as far as the file has them.
    Part {
        response: Response,
        /// The first byte, where the server lets us see it.
        start: Option<u64>,
        stamp: Stamp,
    },
    /// The file from its start: a server without ranges.
    Whole { response: Response, stamp: Stamp },
}

/// By what two answers are known to come from the same file, as far as the server lets us see it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// Of the whole file.
    pub(crate) size_bytes: Option<u64>,
    etag: Option<String>,
    modified: Option<String>,
}

impl Stamp {
    /// Whether nothing that both tell differs; mirrors of one file may differ in its time, not in its ETag.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        fn agree<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
            a.is_none() || b.is_none() || a == b
        }
        let is_named = self.etag.is_some() && other.etag.is_some();
        agree(&self.size_bytes, &other.size_bytes)
            && agree(&self.etag, &other.etag)
            && (is_named || agree(&self.modified, &other.modified))
    }
}

/// Which bytes a request is for.
#[derive(Clone)]
pub(crate) enum Ask {
    /// A file's beginning, or all of it where the server has no ranges: nothing is known of it yet.
    First(u64),
    /// Bytes of a file whose server has ranges.
    Part(Range<u64>),
    /// All of it.
    Whole,
}

/// Who asks.
pub(crate) struct Client<'a> {
    pub(crate) signal: &'a AbortSignal,
    pub(crate) hub: Option<&'a Hub>,
    /// Whether the server has ever answered: until it has, the address or its permission is what is wrong.
    pub(crate) has_answered: &'a Cell<bool>,
}

impl Client<'_> {
    /// Asks for bytes of a file.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub(crate) async fn get(&self, url: &str, ask: Ask, is_weights: bool) -> Result<Answer, Trouble> {
        let range = match &ask {
            Ask::First(len) => Some(0..*len),
            Ask::Part(range) => Some(range.clone()),
            Ask::Whole => None,
        };
        let init = self.request(range)?;
        if is_weights && !matches!(ask, Ask::Whole) {
            // A browser's cache lets only one request at a time at a file, and may keep an old beginning of a new one.
            init.set_cache(RequestCache::NoStore);
        }
        let response = match self.fetch(url, &init).await {
            // A browser drops a compressed answer to a request for a range, as if there had been none.
            Err(_) if matches!(ask, Ask::First(_)) && !self.signal.aborted() => {
                self.fetch(url, &self.request(None)?).await?
            }
            answered => answered?,
        };
        self.understand(url, response)
    }

    /// A file's size by its `Content-Length`, the one header about it that every other site may read.
    ///
    /// # Errors
    /// The server cannot be reached, or does not tell.
    pub(crate) async fn told_length(&self, url: &str) -> Result<u64, Trouble> {
        let init = self.request(None)?;
        init.set_method("HEAD");
        let response = self.fetch(url, &init).await?;
        let length = header(&response, "Content-Length").and_then(|length| length.parse().ok());
        length.filter(|_| response.ok()).ok_or_else(|| {
            let advice = "let it send Content-Length, or Access-Control-Expose-Headers: Content-Range";
            Trouble::Lasting(Error::Files(format!(
                "{url}: the server does not tell this site how large the file is; {advice}"
            )))
        })
    }

    /// A request; a browser takes `Authorization` off where a server sends it on to another.
    fn request(&self, range: Option<Range<u64>>) -> Result<RequestInit, Trouble> {
        let refused = |thrown: JsValue| {
            let words = format!("the browser refuses a request's header ({})", words(&thrown));
            Trouble::Lasting(Error::Files(words))
        };
        let headers = Headers::new().map_err(refused)?;
        if let Some(range) = range {
            let value = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
            headers.append("Range", &value).map_err(refused)?;
        }
        if let Some(token) = self.hub.and_then(|hub| hub.token.as_ref()) {
            headers.append("Authorization", &format!("Bearer {token}")).map_err(refused)?;
        }
        let init = RequestInit::new();
        init.set_headers(&headers);
        init.set_cache(RequestCache::NoCache);
        init.set_signal(Some(self.signal));
        Ok(init)
    }

    async fn fetch(&self, url: &str, init: &RequestInit) -> Result<Response, Trouble> {
        match JsFuture::from(scope().fetch_with_str_and_init(url, init)).await {
            Ok(response) => Ok(response.unchecked_into()),
            Err(_) if self.signal.aborted() => Err(Trouble::Lasting(stopped())),
            Err(thrown) => Err(match self.has_answered.get() {
                true => Trouble::Passing(format!("the server cannot be reached ({})", words(&thrown))),
                false => Trouble::Lasting(unreachable(url, &thrown)),
            }),
        }
    }

    fn understand(&self, url: &str, response: Response) -> Result<Answer, Trouble> {
        let header = |name: &str| header(&response, name);
        let is_page = header("Content-Type").is_some_and(|kind| kind.trim_start().starts_with("text/html"));
        let mut stamp = Stamp { size_bytes: None, etag: header("ETag"), modified: header("Last-Modified") };
        let status = response.status();
        if status < 500 && status != 429 {
            self.has_answered.set(true);
        }
        match (status, self.hub) {
            (200 | 206, _) if is_page => Ok(Answer::Page),
            (206, _) => {
                let (start, size_bytes) =
                    header("Content-Range").map(|range| content_range(&range)).unwrap_or_default();
                stamp.size_bytes = size_bytes;
                Ok(Answer::Part { response, start, stamp })
            }
            (200, _) => {
                let encoded = header("Content-Encoding").is_some_and(|encoding| encoding != "identity");
                let told = header("Content-Length").and_then(|length| length.parse().ok());
                stamp.size_bytes = told.filter(|_| !encoded);
                Ok(Answer::Whole { response, stamp })
            }
            (416, _) => Ok(Answer::Empty),
            (404 | 410, _) => Ok(Answer::Missing),
            (401 | 403, Some(hub)) => Err(Trouble::Lasting(gated(hub, status))),
            (429 | 500..=599, _) if self.has_answered.get() => {
                Err(Trouble::Passing(format!("the server answers with status {status}")))
            }
            _ => Err(Trouble::Lasting(Error::Files(format!("{url}: {}", refusal(status))))),
        }
    }
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

/// First byte and size of the whole, of `bytes 0-65535/98362432`; either may be unknown.
fn content_range(value: &str) -> (Option<u64>, Option<u64>) {
    let Some((part, whole)) = value.trim().trim_start_matches("bytes").trim().split_once('/') else {
        return (None, None);
    };
    (part.split('-').next().and_then(|first| first.parse().ok()), whole.parse().ok())
}

fn refusal(status: u16) -> String {
    match status {
        401 | 403 => format!(
            "the server refuses it (status {status}); the file may need a login or a licence to be accepted first"
        ),
        429 => "the server asks for fewer requests (status 429); wait a little and try again".to_owned(),
        500..=599 => format!("the server failed (status {status}); try again later"),
        _ => format!("the server answered with status {status}"),
    }
}

/// A hub gives neither files of a gated repository nor word whether there is one.
fn gated(hub: &Hub, status: u16) -> Error {
    let Hub { repo, token } = hub;
    let advice = match token {
        None => "accept its licence there and give a token that may read it",
        Some(_) => "this token may not read it; accept its licence there, or give another token",
    };
    Error::Gated(format!(
        "{repo} is not open to everybody (status {status}): {advice}. A repository that does not exist is refused \
         in the same way"
    ))
}

/// Nothing came back at all.
fn unreachable(url: &str, thrown: &JsValue) -> Error {
    let here = scope().location().origin();
    let there = Url::new(url).map(|url| url.origin()).unwrap_or_default();
    let advice = if here == there {
        "is the server still running, and this device online?"
    } else if here.starts_with("https:") && there.starts_with("http:") {
        "a page that came over https may not fetch over http"
    } else {
        "the server may be down, this device offline, or the server may not let other sites read its files (CORS)"
    };
    Error::Files(format!("{url} cannot be fetched ({}); {advice}", words(thrown)))
}
