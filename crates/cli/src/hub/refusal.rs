//! Why a hub gave nothing, in words that say what to do.

use ureq::http::StatusCode;

use super::answer::Told;
use super::id::HubId;

/// Why a request brought nothing.
pub enum Fault {
    /// No connection, or one that was cut, or a server that cannot answer now: it may be tried again.
    Unreachable(String),
    /// A refusal that another try would not change.
    Refused(String),
    /// The file on the server is no longer the one that was begun.
    Changed,
}

/// Who was asked, and for what.
pub struct Asked<'a> {
    /// `https://HOST`.
    pub endpoint: &'a str,
    /// HOST.
    pub host: &'a str,
    /// The repository and its revision.
    pub id: &'a HubId,
    /// The file.
    pub name: &'a str,
    /// Where the token was found, if there is one.
    pub token_source: Option<&'a str>,
}

/// What a status that is no success means.
pub fn refusal(asked: &Asked, told: &Told, status: StatusCode) -> Fault {
    let Asked { host, id: HubId { repo, revision, .. }, name, .. } = asked;
    let code = told.error_code.as_deref();
    let words = match status.as_u16() {
        408 | 429 | 500..=599 => return Fault::Unreachable(format!("{host} answers {status}")),
        // A signed address grows old; the hub gives a fresh one.
        401 | 403 if !told.at_home => {
            return Fault::Unreachable(format!("where {host} keeps {name} answers {status}"));
        }
        404 | 401 | 403 if code == Some("RepoNotFound") => format!(
            "{repo}: {host} has no such repository, or a private one; check the name (there is no such path on this \
             disk either), or set HF_TOKEN to a token that may read it"
        ),
        404 if code == Some("RevisionNotFound") => {
            format!("{repo}: {host} has no revision {revision} of it; name a branch, a tag or a commit")
        }
        401 if code != Some("GatedRepo") && asked.token_source.is_some() => format!(
            "{repo}: {host} does not accept the token of {} (401); give a valid one, or none where the repository is \
             open to all",
            asked.token_source.unwrap_or_default()
        ),
        401 | 403 => gated(asked, status),
        404 => format!(
            "{repo}: {host} has no {name} at revision {revision}; check repository, revision and file"
        ),
        _ => format!("{repo}: {host} answers {status} when asked for {name}"),
    };
    Fault::Refused(words)
}

fn gated(asked: &Asked, status: StatusCode) -> String {
    let Asked { endpoint, id: HubId { repo, .. }, .. } = asked;
    match asked.token_source {
        None => format!(
            "{repo} is gated: accept its licence at {endpoint}/{repo}, and set HF_TOKEN to a token of your account"
        ),
        Some(source) => format!(
            "{repo} is gated, and the token of {source} does not open it ({}): accept its licence at {endpoint}/{repo} \
             with the account that the token is of, and check that it may read gated repositories",
            status.as_u16()
        ),
    }
}

/// What kept a request to `host` from being answered. No address is told: it may hold a signature.
pub fn of_error(host: &str, err: &ureq::Error) -> Fault {
    let words = match err {
        ureq::Error::HostNotFound => "there is no such host, or no network".to_owned(),
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::Io(err) => reason(err),
        ureq::Error::Tls(what) => format!("TLS: {what}"),
        ureq::Error::Rustls(err) => format!("TLS: {err}"),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        ureq::Error::Protocol(err) => format!("its answer is no HTTP: {err}"),
        _ => {
            return Fault::Refused(format!(
                "{host} cannot be asked; check HF_ENDPOINT and the proxy's settings"
            ));
        }
    };
    Fault::Unreachable(format!("{host}: {words}"))
}

/// What the system says of a connection.
pub fn reason(err: &std::io::Error) -> String {
    match err.kind() {
        std::io::ErrorKind::ConnectionRefused => "nobody answers there".to_owned(),
        std::io::ErrorKind::TimedOut => "no answer in time".to_owned(),
        std::io::ErrorKind::UnexpectedEof => "the connection was cut".to_owned(),
        _ => err.to_string(),
    }
}
