//! One request, and what the server's answer means.

use std::ops::Range;

use engine::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response, Url};

use crate::clock::scope;
use crate::fault::words;

/// What came back.
pub(crate) enum Answer {
    /// There is no such file.
    Missing,
    /// The file has no bytes.
    Empty,
    /// A web page instead of a file.
    Page,
    /// The bytes that were asked for, as far as the file has them.
    Part {
        response: Response,
        /// The first byte, where the server lets us see it.
        start: Option<u64>,
        /// Bytes of the whole file, where it lets us see them.
        file_bytes: Option<u64>,
    },
    /// The file from its start: a server without ranges.
    Whole { response: Response, file_bytes: Option<u64> },
}

/// Asks for bytes of a file.
///
/// # Errors
/// The server cannot be reached or refuses.
pub(crate) async fn get(url: &str, range: Range<u64>, signal: &AbortSignal) -> Result<Answer, Error> {
    let headers = Headers::new().map_err(|thrown| broken(url, 0, &thrown, signal))?;
    let value = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
    headers.append("Range", &value).map_err(|thrown| broken(url, 0, &thrown, signal))?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    let response = match fetch(url, &init, signal).await {
        // A browser drops a compressed answer to a request for a range, as if there had been none.
        Err(_) if !signal.aborted() => fetch(url, &RequestInit::new(), signal).await?,
        answered => answered?,
    };
    understand(url, response)
}

/// A file's size by its `Content-Length`, the one header about it that every other site may read.
///
/// # Errors
/// The server cannot be reached, or does not tell.
pub(crate) async fn told_length(url: &str, signal: &AbortSignal) -> Result<u64, Error> {
    let init = RequestInit::new();
    init.set_method("HEAD");
    let response = fetch(url, &init, signal).await?;
    let length =
        response.headers().get("Content-Length").ok().flatten().and_then(|length| length.parse().ok());
    length.filter(|_| response.ok()).ok_or_else(|| {
        let advice = "let it send Content-Length, or Access-Control-Expose-Headers: Content-Range";
        Error::Files(format!("{url}: the server does not tell this site how large the file is; {advice}"))
    })
}

async fn fetch(url: &str, init: &RequestInit, signal: &AbortSignal) -> Result<Response, Error> {
    init.set_signal(Some(signal));
    let response = JsFuture::from(scope().fetch_with_str_and_init(url, init)).await;
    response.map(|response| response.unchecked_into()).map_err(|thrown| unreachable(url, &thrown, signal))
}

fn understand(url: &str, response: Response) -> Result<Answer, Error> {
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let is_page = header("Content-Type").is_some_and(|kind| kind.trim_start().starts_with("text/html"));
    match response.status() {
        200 | 206 if is_page => Ok(Answer::Page),
        206 => {
            let (start, file_bytes) =
                header("Content-Range").map(|range| content_range(&range)).unwrap_or_default();
            Ok(Answer::Part { start, file_bytes, response })
        }
        200 => {
            let encoded = header("Content-Encoding").is_some_and(|encoding| encoding != "identity");
            let told = header("Content-Length").and_then(|length| length.parse().ok());
            Ok(Answer::Whole { file_bytes: told.filter(|_| !encoded), response })
        }
        416 => Ok(Answer::Empty),
        404 | 410 => Ok(Answer::Missing),
        status => Err(Error::Files(format!("{url}: {}", refusal(status)))),
    }
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

/// Nothing came back at all.
fn unreachable(url: &str, thrown: &JsValue, signal: &AbortSignal) -> Error {
    if signal.aborted() {
        return stopped();
    }
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

/// The answer broke off.
pub(crate) fn broken(url: &str, read_bytes: u64, thrown: &JsValue, signal: &AbortSignal) -> Error {
    if signal.aborted() {
        return stopped();
    }
    Error::Files(format!(
        "{url}: the connection broke after {read_bytes} bytes ({}); try again",
        words(thrown)
    ))
}

fn stopped() -> Error {
    Error::Files("loading was stopped".to_owned())
}
