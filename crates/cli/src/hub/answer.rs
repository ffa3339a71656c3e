//! What a hub says of a file.

use ureq::BodyReader;
use ureq::http::header::HeaderMap;

use super::id::is_commit;

/// What tells one content of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Its size.
    pub size_bytes: u64,
    /// The hub's name for this content, without quotes.
    pub etag: Option<String>,
}

impl Remote {
    /// Whether both may be one content, as far as is told.
    pub fn may_be(&self, other: &Self) -> bool {
        let etags = self.etag.as_ref().zip(other.etag.as_ref());
        self.size_bytes == other.size_bytes && etags.is_none_or(|(etag, other)| etag == other)
    }

    /// The content's SHA-256 in hexadecimal, where the hub tells it: of a large file it is the ETag.
    pub fn sha256(&self) -> Option<&str> {
        let is_sha256 = |etag: &&str| etag.len() == 64 && etag.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.etag.as_deref().filter(is_sha256)
    }
}

/// The answer to a question about a file.
pub struct Head {
    /// The commit that the revision stands for, where the hub tells it.
    pub commit: Option<String>,
    /// The file; `None` where the repository has no such file.
    pub remote: Option<Remote>,
}

/// The answer to a request for bytes.
pub struct Answer {
    /// The file that they are of.
    pub remote: Remote,
    /// Where in the file they begin: 0 where the server gives no ranges.
    pub start: u64,
    /// What `If-Range` may name when more is asked for, with its quotes.
    pub range_etag: Option<String>,
    /// The bytes.
    pub reader: BodyReader<'static>,
}

/// What the hub's own answers said, from the first redirect to the last.
#[derive(Default)]
pub struct Told {
    /// The commit that the revision stands for.
    pub commit: Option<String>,
    /// Why it refuses, in one word of its own.
    pub error_code: Option<String>,
    /// The size of the file that it sends elsewhere for.
    pub linked_size_bytes: Option<u64>,
    linked_etag: Option<String>,
    etag: Option<String>,
    /// Whether the last answer was the hub's own.
    pub at_home: bool,
}

impl Told {
    /// Takes in the headers of one answer.
    pub fn hear(&mut self, headers: &HeaderMap) {
        let commit = text(headers, "x-repo-commit").filter(|commit| is_commit(commit));
        self.commit = self.commit.take().or(commit);
        self.error_code = text(headers, "x-error-code").or(self.error_code.take());
        self.linked_size_bytes = self.linked_size_bytes.or(number(headers, "x-linked-size"));
        self.linked_etag = self.linked_etag.take().or(text(headers, "x-linked-etag"));
        self.etag = text(headers, "etag").or(self.etag.take());
    }

    /// Whether a 404 is about the file alone, and not about its repository or revision.
    pub fn is_of_a_file(&self) -> bool {
        self.at_home && matches!(self.error_code.as_deref(), None | Some("EntryNotFound"))
    }

    /// The file, of which the last answer had the headers `last`.
    pub fn remote(&self, last: &HeaderMap, size_bytes: u64) -> Remote {
        let etag = self.linked_etag.clone().or(self.etag.clone()).or(text(last, "etag"));
        let etag = etag.map(|etag| etag.trim_start_matches("W/").trim_matches('"').to_owned());
        Remote { size_bytes, etag: etag.filter(|etag| !etag.is_empty()) }
    }
}

/// A header as text.
pub fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// A header as a number.
pub fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.trim().parse().ok()
}
