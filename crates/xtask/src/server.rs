//! A small server for files on loopback: right media types, ranges, nothing else.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

/// Requests longer than this are not answered.
const REQUEST_BYTES: u64 = 16 << 10;
/// What every answer says: nothing is kept without asking anew, types are not guessed.
const ALWAYS: &str = "Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nAccept-Ranges: bytes\r\nConnection: close\r\n";

/// A bound port.
pub struct Server {
    listener: TcpListener,
}

/// A request's first line and the one header that matters.
struct Request {
    method: String,
    path: String,
    range: Option<String>,
}

/// Folders by the beginning of the path they are found under; the first that has the file.
type Shares = [(&'static str, PathBuf)];

impl Server {
    /// Binds `port` on loopback, or where `or_any` and it is taken, another.
    ///
    /// # Errors
    /// The port is taken.
    pub fn bind(port: u16, or_any: bool) -> Result<Self, String> {
        let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let listener = bind(port).or_else(|err| if or_any { bind(0) } else { Err(err) });
        let listener = listener.map_err(|err| format!("port {port}: {err}; choose another with --port"))?;
        Ok(Self { listener })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.listener.local_addr().map_or(0, |address| address.port())
    }

    /// Answers until the program is ended.
    ///
    /// # Errors
    /// None while the system gives connections.
    pub fn run(&self, shares: &Shares) -> Result<(), String> {
        for stream in self.listener.incoming().flatten() {
            let shares = shares.to_vec();
            // A visitor who went away is no fault of the server.
            thread::spawn(move || answer(&stream, &shares).ok());
        }
        Ok(())
    }
}

fn answer(mut stream: &TcpStream, shares: &Shares) -> std::io::Result<()> {
    let Some(request) = read(stream)? else {
        return refuse(stream, "400 Bad Request");
    };
    if !["GET", "HEAD"].contains(&request.method.as_str()) {
        return refuse(stream, "405 Method Not Allowed");
    }
    let found =
        find(&request.path, shares).and_then(|path| Some((media_type(&path), File::open(path).ok()?)));
    let Some((media_type, mut file)) = found else {
        return refuse(stream, "404 Not Found");
    };
    let size = file.metadata()?.len();
    let (status, start, end) = match request.range.as_deref().map(|range| part(range, size)) {
        None | Some(Part::Ignored) => ("200 OK", 0, size),
        Some(Part::Of(start, end)) => ("206 Partial Content", start, end),
        Some(Part::Outside) => {
            let head = format!("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{size}\r\n");
            return write!(stream, "{head}Content-Length: 0\r\n{ALWAYS}\r\n");
        }
    };
    let mut head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n", end - start);
    if status.starts_with("206") {
        head += &format!("Content-Range: bytes {start}-{}/{size}\r\n", end - 1);
    }
    write!(stream, "{head}{ALWAYS}\r\n")?;
    if request.method == "GET" {
        file.seek(SeekFrom::Start(start))?;
        std::io::copy(&mut file.take(end - start), &mut stream)?;
    }
    Ok(())
}

fn refuse(mut stream: &TcpStream, status: &str) -> std::io::Result<()> {
    let length = status.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n");
    write!(stream, "{head}{ALWAYS}\r\n{status}")
}

fn read(stream: &TcpStream) -> std::io::Result<Option<Request>> {
    let mut lines = BufReader::new(stream.take(REQUEST_BYTES)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut words = first.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let mut range = None;
    for line in lines {
        let line = line?;
        match line.split_once(':') {
            _ if line.is_empty() => break,
            Some((name, value)) if name.eq_ignore_ascii_case("range") => {
                range = Some(value.trim().to_owned())
            }
            _ => (),
        }
    }
    let path = target.split(['?', '#']).next().unwrap_or_default();
    Ok(Some(Request { method: method.to_owned(), path: decoded(path), range }))
}

/// The file a path means; nothing outside its share.
fn find(path: &str, shares: &Shares) -> Option<PathBuf> {
    shares.iter().find_map(|(prefix, folder)| within(folder, path.strip_prefix(prefix)?))
}

fn within(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut file = folder.to_owned();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        if name.starts_with('.') || name.contains(['\\', ':', '\0']) {
            return None;
        }
        file.push(name);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    file.is_file().then_some(file)
}

/// A path without its percent signs.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = std::str::from_utf8(after.get(..2).unwrap_or_default());
        match code.ok().filter(|_| byte == b'%').and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Of(u64, u64),
    Outside,
    /// Several ranges, or other units: the whole file is a right answer.
    Ignored,
}

fn part(range: &str, size: u64) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Ignored;
    };
    let (start, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => (first, last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(length)) if first.is_empty() => (size.saturating_sub(length), size),
        _ => return Part::Ignored,
    };
    if start < end { Part::Of(start, end) } else { Part::Outside }
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt" | "jinja") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_stay_inside_the_file() {
        assert_eq!(part("bytes=0-3", 10), Part::Of(0, 4));
        assert_eq!(part("bytes=4-", 10), Part::Of(4, 10));
        assert_eq!(part("bytes=-3", 10), Part::Of(7, 10));
        assert_eq!(part("bytes=4-99", 10), Part::Of(4, 10));
        assert_eq!(part("bytes=10-11", 10), Part::Outside);
        assert_eq!(part("bytes=3-1", 10), Part::Outside);
        assert_eq!(part("bytes=0-1,3-4", 10), Part::Ignored);
        assert_eq!(part("pages=0-1", 10), Part::Ignored);
    }

    #[test]
    fn paths_stay_inside_their_share() {
        let shares = [("/", crate::place::home().join("crates/xtask"))];
        assert!(find("/Cargo.toml", &shares).is_some());
        assert!(find("/src/../Cargo.toml", &shares).is_none());
        assert!(find("/../xtask/Cargo.toml", &shares).is_none());
        assert!(find(&decoded("/%2e%2e/xtask/Cargo.toml"), &shares).is_none());
        assert_eq!(decoded("/a%20b%2"), "/a b%2");
    }
}
