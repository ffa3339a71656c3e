//! A hub on loopback: its addresses, its gate, its redirects, and whatever can go wrong with it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::ModelFile;

/// The repository that every hub here has.
pub const REPO: &str = "owner/name";
/// The commit that `main` stands for.
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
/// What stands in the addresses of the store, and is a secret.
pub const SIGNATURE: &str = "signature-of-the-store";
/// The answer that lists the files.
const LIST: &str = "list of files";

/// How a hub treats those who ask.
#[derive(Clone, Default)]
pub struct Manners {
    /// The token that opens the repository, where it is gated.
    pub token: Option<&'static str>,
    /// Whether it tells no commit.
    pub hides_commit: bool,
    /// Whether it sends whole files, whatever is asked for.
    pub ignores_ranges: bool,
    /// Offsets in weight files, ascending: the connection is cut there, once each.
    pub cuts: Vec<u64>,
    /// Nothing of a weight file is sent from this byte on; the connection stays open until this is `None`.
    pub stalls_at: Option<u64>,
    /// This byte of a weight file is not sent as it is.
    pub damages: Option<usize>,
    /// Why it cannot answer: `503 Service Unavailable`.
    pub status: Option<&'static str>,
}

/// One request, as it came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Whether it came to the store and not to the hub itself.
    pub at_store: bool,
    /// The first line.
    pub line: String,
    /// Headers by their name in lower case.
    pub headers: BTreeMap<String, String>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    manners: Manners,
    seen: Vec<Seen>,
    served_bytes: BTreeMap<String, u64>,
    store_port: u16,
}

/// The server: a hub at one port, and at another the store that it keeps weights in.
pub struct Hub {
    hub: SocketAddr,
    store: SocketAddr,
    state: Arc<Mutex<State>>,
    stopped: Arc<AtomicBool>,
}

impl Hub {
    /// Serves `files` as `owner/name` at `main`.
    ///
    /// # Panics
    /// There is no port to be had.
    pub fn of(files: Vec<ModelFile>, manners: Manners) -> Self {
        let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a port");
        let (hub, store) = (listen(), listen());
        let address = |listener: &TcpListener| listener.local_addr().expect("a bound port has a number");
        let (hub_address, store_address) = (address(&hub), address(&store));
        let state = State {
            files: files.into_iter().map(|file| (file.name, file.bytes)).collect(),
            manners,
            store_port: store_address.port(),
            ..State::default()
        };
        let state = Arc::new(Mutex::new(state));
        let stopped = Arc::new(AtomicBool::new(false));
        for (listener, at_store) in [(hub, false), (store, true)] {
            let (state, stopped) = (Arc::clone(&state), Arc::clone(&stopped));
            thread::spawn(move || accept(&listener, at_store, &state, &stopped));
        }
        Self { hub: hub_address, store: store_address, state, stopped }
    }

    /// What `HF_ENDPOINT` is to name.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.hub)
    }

    /// Changes how it behaves.
    pub fn behave(&self, change: impl FnOnce(&mut Manners)) {
        change(&mut lock(&self.state).manners);
    }

    /// Changes the content of file `name`.
    ///
    /// # Panics
    /// There is no such file.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(lock(&self.state).files.get_mut(name).expect("the hub has the file"));
    }

    /// What was asked since the last time.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut lock(&self.state).seen)
    }

    /// Content bytes of file `name` that went out since the last time.
    pub fn served_bytes(&self, name: &str) -> u64 {
        lock(&self.state).served_bytes.remove(name).unwrap_or_default()
    }

    /// Answers nobody any more.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Whoever waits for a visitor gets one.
        for address in [self.hub, self.store] {
            drop(TcpStream::connect(address));
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.stop();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no answer panics")
}

fn accept(listener: &TcpListener, at_store: bool, state: &Arc<Mutex<State>>, stopped: &Arc<AtomicBool>) {
    for stream in listener.incoming().flatten() {
        if stopped.load(Ordering::SeqCst) {
            return;
        }
        let (state, stopped) = (Arc::clone(state), Arc::clone(stopped));
        // A visitor who goes away is no fault of the server.
        thread::spawn(move || answer(stream, at_store, &state, &stopped).ok());
    }
}

fn answer(
    mut stream: TcpStream,
    at_store: bool,
    state: &Mutex<State>,
    stopped: &AtomicBool,
) -> std::io::Result<()> {
    let seen = read(&stream, at_store)?;
    lock(state).seen.push(seen.clone());
    let target = seen.line.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let found = lock(state).find(&seen, path);
    match found {
        Ok(name) => send(stream, &seen, &name, state, stopped),
        Err(head) => write!(stream, "HTTP/1.1 {head}Content-Length: 0\r\nConnection: close\r\n\r\n"),
    }
}

fn read(stream: &TcpStream, at_store: bool) -> std::io::Result<Seen> {
    let mut lines = BufReader::new(stream.take(16 << 10)).lines();
    let line = lines.next().transpose()?.unwrap_or_default();
    let mut headers = BTreeMap::new();
    for line in lines {
        match line?.split_once(':') {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.trim().to_owned()),
            None => break,
        };
    }
    Ok(Seen { at_store, line, headers })
}

impl State {
    /// What the hub says of the repository.
    fn list(&self) -> Vec<u8> {
        let siblings = self.files.keys().map(|name| json!({ "rfilename": name }));
        json!({ "id": REPO, "siblings": siblings.collect::<Vec<_>>() }).to_string().into_bytes()
    }

    /// The file that is to be sent, or the head of an answer that sends none.
    fn find(&self, seen: &Seen, path: &str) -> Result<String, String> {
        if let Some(name) = path.strip_prefix("/store/") {
            return if seen.at_store { Ok(name.to_owned()) } else { Err("404 Not Found\r\n".to_owned()) };
        }
        if let Some(status) = self.manners.status {
            return Err(format!("{status}\r\n"));
        }
        let commit = match self.manners.hides_commit {
            true => String::new(),
            false => format!("X-Repo-Commit: {COMMIT}\r\n"),
        };
        let refuse = |status: &str, code: &str| Err(format!("{status}\r\nX-Error-Code: {code}\r\n{commit}"));
        if let Some(name) = path.strip_prefix("/kept/") {
            return Ok(name.to_owned());
        }
        if path.starts_with(&format!("/api/models/{REPO}/revision/")) {
            return Ok(LIST.to_owned());
        }
        let Some(rest) = path.strip_prefix(&format!("/{REPO}/resolve/")) else {
            return refuse("401 Unauthorized", "RepoNotFound");
        };
        let authorization = seen.headers.get("authorization").map(String::as_str);
        match (self.manners.token, authorization) {
            (Some(_), None) => return refuse("401 Unauthorized", "GatedRepo"),
            (Some(token), Some(found)) if found != format!("Bearer {token}") => {
                return refuse("403 Forbidden", "GatedRepo");
            }
            _ => (),
        }
        let (revision, name) = rest.split_once('/').unwrap_or_default();
        if revision != "main" && (revision != COMMIT || self.manners.hides_commit) {
            return refuse("404 Not Found", "RevisionNotFound");
        }
        let Some(bytes) = self.files.get(name) else {
            return refuse("404 Not Found", "EntryNotFound");
        };
        if !is_weights(name) {
            // As the real hub does: a relative redirect to what it keeps by commit.
            return Err(format!("307 Temporary Redirect\r\nLocation: /kept/{name}\r\n{commit}"));
        }
        let location = format!("http://127.0.0.1:{}/store/{name}?Signature={SIGNATURE}", self.store_port);
        let linked = format!("X-Linked-Size: {}\r\nX-Linked-Etag: \"{}\"\r\n", bytes.len(), sha256(bytes));
        Err(format!("302 Found\r\nLocation: {location}\r\n{linked}{commit}"))
    }
}

fn send(
    mut stream: TcpStream,
    seen: &Seen,
    name: &str,
    state: &Mutex<State>,
    stopped: &AtomicBool,
) -> std::io::Result<()> {
    let (bytes, manners) = {
        let state = lock(state);
        let bytes = if name == LIST { state.list() } else { state.files[name].clone() };
        (bytes, state.manners.clone())
    };
    let size = bytes.len() as u64;
    // The store has names of its own for what it keeps.
    let etag = format!("\"{}\"", &sha256(&bytes)[..40]);
    let outdated = seen.headers.get("if-range").is_some_and(|tag| *tag != etag);
    let range = seen.headers.get("range").filter(|_| !manners.ignores_ranges && !outdated);
    let range = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let range = range.map(|(first, last)| (first.parse().unwrap_or(0), last.parse().unwrap_or(size - 1) + 1));
    let (start, end) = range.map_or((0, size), |(start, end): (u64, u64)| (start, end.min(size)));
    let kind = match range {
        Some(_) => format!("206 Partial Content\r\nContent-Range: bytes {start}-{}/{size}", end - 1),
        None => "200 OK".to_owned(),
    };
    let length = end - start;
    write!(
        stream,
        "HTTP/1.1 {kind}\r\nContent-Length: {length}\r\nETag: {etag}\r\nConnection: close\r\n\r\n"
    )?;
    if seen.line.starts_with("HEAD") {
        return Ok(());
    }
    let mut stop = end;
    if is_weights(name) {
        let mut state = lock(state);
        let cuts = &mut state.manners.cuts;
        if let Some(i) = cuts.iter().position(|cut| (start + 1..end).contains(cut)) {
            stop = cuts.remove(i);
        }
        stop = stop.min(manners.stalls_at.unwrap_or(stop)).max(start);
    }
    let mut content = bytes[start as usize..stop as usize].to_vec();
    if let Some(at) = manners.damages.filter(|at| is_weights(name) && (start..stop).contains(&(*at as u64))) {
        content[at - start as usize] ^= 1;
    }
    *lock(state).served_bytes.entry(name.to_owned()).or_default() += content.len() as u64;
    stream.write_all(&content)?;
    while manners.stalls_at == Some(stop)
        && lock(state).manners.stalls_at.is_some()
        && !stopped.load(Ordering::SeqCst)
    {
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn is_weights(name: &str) -> bool {
    name.ends_with(".safetensors") || name.ends_with(".gguf")
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
