//! Requests to a hub: where its files are, what it says of them, and their bytes.

use std::time::Duration;

use serde::Deserialize;
use ureq::http::header::HeaderMap;
use ureq::http::{Method, Request, Response, StatusCode};
use ureq::{Agent, Body};

use super::address::{absolute, encoded, origin};
use super::answer::{Answer, Head, Remote, Told, number, text};
use super::id::HubId;
use super::refusal::{Asked, Fault, of_error, refusal};
use super::token::Token;

/// The hub where `HF_ENDPOINT` names no other.
const ENDPOINT: &str = "https://huggingface.co";
/// More redirects than any hub needs.
const MOST_REDIRECTS: usize = 8;
/// How long a server may take to let us in, and to begin its answer.
const CONNECT_TIME: Duration = Duration::from_secs(15);
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// A connection that brings nothing for so long is taken for cut.
const STALL_TIME: Duration = Duration::from_secs(30);

/// One repository of one hub.
pub struct Client {
    agent: Agent,
    /// `https://HOST`, without a slash at its end.
    pub endpoint: String,
    /// What is asked for.
    pub id: HubId,
    token: Option<Token>,
}

impl Client {
    /// A client for the hub of `HF_ENDPOINT`, with the user's token where there is one. Nothing is sent yet.
    ///
    /// # Errors
    /// `HF_ENDPOINT` is no address, or the token cannot be one.
    pub fn new(id: HubId) -> Result<Self, String> {
        let endpoint = std::env::var("HF_ENDPOINT").ok().filter(|endpoint| !endpoint.is_empty());
        let endpoint = endpoint.unwrap_or_else(|| ENDPOINT.to_owned()).trim_end_matches('/').to_owned();
        if origin(&endpoint).is_none() {
            return Err(
                "HF_ENDPOINT: expected an address like https://huggingface.co, without a user's name"
                    .to_owned(),
            );
        }
        // Redirects are followed here and not in ureq: what the hub itself says stands in the first answers.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("reckon/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_connect(Some(CONNECT_TIME))
            .timeout_recv_response(Some(ANSWER_TIME))
            .timeout_per_read(Some(STALL_TIME));
        Ok(Self { agent: config.build().new_agent(), endpoint, id, token: Token::find()? })
    }

    /// The hub's name: its address without the scheme.
    pub fn host(&self) -> &str {
        self.endpoint.split_once("://").map_or(&*self.endpoint, |(_, host)| host)
    }

    /// What the hub says of a file; none of its bytes.
    ///
    /// # Errors
    /// The hub cannot be reached, or refuses.
    pub fn head(&self, revision: &str, name: &str) -> Result<Head, Fault> {
        let (told, response) = self.walk(&Method::HEAD, &self.path(revision, name), name, &[])?;
        // A hub that sends elsewhere has told all that is wanted of the file.
        let status = response.status();
        match status.as_u16() {
            200..=299 => (),
            300..=399 if told.linked_size_bytes.is_some() => (),
            404 if told.is_of_a_file() => return Ok(Head { commit: told.commit, remote: None }),
            _ => return Err(self.refusal(name, &told, status)),
        }
        let size_bytes = told.linked_size_bytes.or(number(response.headers(), "content-length"));
        let size_bytes = size_bytes.ok_or_else(|| {
            Fault::Refused(format!("{name}: {} does not tell its size, and it is needed", self.host()))
        })?;
        let remote = told.remote(response.headers(), size_bytes);
        Ok(Head { commit: told.commit, remote: Some(remote) })
    }

    /// The bytes of `start..end` of a file that is `known`, or the whole file where the server gives no ranges or holds
    /// `if_range` outdated.
    ///
    /// # Errors
    /// The hub cannot be reached, or refuses.
    pub fn get(
        &self,
        revision: &str,
        name: &str,
        (start, end): (u64, u64),
        known: &Remote,
        if_range: Option<&str>,
    ) -> Result<Answer, Fault> {
        let range = format!("bytes={start}-{}", end.saturating_sub(1));
        let mut headers = vec![("range", range.as_str())];
        headers.extend(if_range.filter(|_| start > 0).map(|tag| ("if-range", tag)));
        let (told, response) = self.walk(&Method::GET, &self.path(revision, name), name, &headers)?;
        let status = response.status();
        let (start, size_bytes) = match status.as_u16() {
            200 => (0, number(response.headers(), "content-length")),
            206 => {
                let found = content_range(response.headers());
                let found = found.filter(|(found, _)| *found == start);
                let (start, size_bytes) = found.ok_or_else(|| {
                    Fault::Refused(format!("{name}: {} sends another range than was asked", self.host()))
                })?;
                (start, Some(size_bytes))
            }
            416 => return Err(Fault::Changed),
            _ => return Err(self.refusal(name, &told, status)),
        };
        if text(response.headers(), "content-encoding").is_some_and(|encoding| encoding != "identity") {
            return Err(Fault::Refused(format!("{name}: {} sends it encoded, unasked", self.host())));
        }
        let range_etag = text(response.headers(), "etag").filter(|tag| tag.starts_with('"'));
        // An answer in pieces does not tell its size.
        let size_bytes = size_bytes.or(told.linked_size_bytes).unwrap_or(known.size_bytes);
        let remote = told.remote(response.headers(), size_bytes);
        Ok(Answer { remote, start, range_etag, reader: response.into_body().into_reader() })
    }

    /// Names of all files.
    ///
    /// # Errors
    /// The hub cannot be reached, refuses, or says it in other words.
    pub fn names(&self, revision: &str) -> Result<Vec<String>, Fault> {
        #[derive(Deserialize)]
        struct Repository {
            siblings: Vec<File>,
        }
        #[derive(Deserialize)]
        struct File {
            rfilename: String,
        }
        let path = format!("api/models/{}/revision/{}", self.id.repo, encoded(revision, false));
        let (told, mut response) = self.walk(&Method::GET, &path, "the list of files", &[])?;
        if !response.status().is_success() {
            return Err(self.refusal("list of files", &told, response.status()));
        }
        let body = response.body_mut().read_to_vec().map_err(|err| of_error(self.host(), &err))?;
        let repository: Result<Repository, _> = serde_json::from_slice(&body);
        let repository = repository.map_err(|_| Fault::Refused("no list of files".to_owned()))?;
        Ok(repository.siblings.into_iter().map(|file| file.rfilename).collect())
    }

    fn path(&self, revision: &str, name: &str) -> String {
        format!("{}/resolve/{}/{}", self.id.repo, encoded(revision, false), encoded(name, true))
    }

    /// Asks, and goes where the answers point; what the hub's own said on the way, and the last answer.
    /// `HEAD` stays with the hub where that has told enough.
    fn walk(
        &self,
        method: &Method,
        path: &str,
        name: &str,
        headers: &[(&str, &str)],
    ) -> Result<(Told, Response<Body>), Fault> {
        let home = origin(&self.endpoint);
        let mut address = format!("{}/{path}", self.endpoint);
        let mut told = Told::default();
        for _ in 0..=MOST_REDIRECTS {
            let at_home = origin(&address) == home;
            let response = self.ask(method, &address, headers, at_home)?;
            if at_home {
                told.hear(response.headers());
            }
            told.at_home = at_home;
            if !response.status().is_redirection() {
                return Ok((told, response));
            }
            let to = text(response.headers(), "location").and_then(|to| absolute(&address, &to));
            let to = to.ok_or_else(|| {
                Fault::Refused(format!("{name}: {} sends elsewhere and does not say where", self.host()))
            })?;
            if self.endpoint.starts_with("https:") && !to.starts_with("https:") {
                return Err(Fault::Refused(format!(
                    "{name}: {} sends to an address without encryption; it was not followed",
                    self.host()
                )));
            }
            if method == Method::HEAD && origin(&to) != home && told.linked_size_bytes.is_some() {
                return Ok((told, response));
            }
            address = to;
        }
        Err(Fault::Refused(format!("{name}: {} sends from one address to the next without end", self.host())))
    }

    /// One request. Only the hub itself sees the token.
    fn ask(
        &self,
        method: &Method,
        address: &str,
        headers: &[(&str, &str)],
        at_home: bool,
    ) -> Result<Response<Body>, Fault> {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = self.token.as_ref().filter(|_| at_home) {
            request = request.header("authorization", token.authorization());
        }
        let host = origin(address).unwrap_or_default();
        let host = host.split_once("://").map_or(&*host, |(_, host)| host);
        let request = request.body(()).map_err(|_| Fault::Refused(format!("{host}: not a valid address")))?;
        self.agent.run(request).map_err(|err| of_error(host, &err))
    }

    fn refusal(&self, name: &str, told: &Told, status: StatusCode) -> Fault {
        let token_source = self.token.as_ref().map(|token| &*token.source);
        let (endpoint, host, id) = (&*self.endpoint, self.host(), &self.id);
        refusal(&Asked { endpoint, host, id, name, token_source }, told, status)
    }
}

/// First byte and size of the whole, of `Content-Range: bytes 0-3/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, u64)> {
    let range = text(headers, "content-range")?;
    let (range, size) = range.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, size.parse().ok()?))
}
