//! Addresses on the web: what they have in common, and where one points from another.

/// Scheme, host and port of an address: who answers there. Nothing for what is no `http` or `https` address, and for
/// one with a user's name in it.
pub fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#', '\\']).next()?.to_ascii_lowercase();
    let port = match &*scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let known = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if host.is_empty() || !host.chars().all(known) {
        return None;
    }
    let host = host.strip_suffix(port).unwrap_or(&host);
    Some(format!("{scheme}://{host}"))
}

/// Where `to`, found at `address`, points.
pub fn absolute(address: &str, to: &str) -> Option<String> {
    let found = match to {
        _ if to.contains("://") && !to.starts_with(['/', '?']) => to.to_owned(),
        _ if to.starts_with("//") => format!("{}:{to}", address.split_once("://")?.0),
        _ if to.starts_with('/') => format!("{}{to}", origin(address)?),
        _ => {
            let path = address.split(['?', '#']).next()?;
            format!("{}/{to}", path.rsplit_once('/')?.0)
        }
    };
    origin(&found).map(|_| found)
}

/// `text` as a part of a path, or as several where `/` stays.
pub fn encoded(text: &str, keep_slash: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            b'/' if keep_slash => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(origin("https://Hub.example:443/a/b?c").as_deref(), Some("https://hub.example"));
        assert_eq!(origin("http://127.0.0.1:8080").as_deref(), Some("http://127.0.0.1:8080"));
        assert_ne!(origin("http://hub.example"), origin("https://hub.example"));
        assert_ne!(origin("https://hub.example"), origin("https://hub.example.net"));
        for address in ["hub.example", "ftp://hub.example", "https://", "https://me:secret@hub.example"] {
            assert_eq!(origin(address), None, "{address}");
        }
        assert_eq!(origin("https://hub.example\\@other.example").as_deref(), Some("https://hub.example"));
    }

    #[test]
    fn redirects_may_be_relative() {
        let from = |to| absolute("https://a.example/b/c?d", to).unwrap();
        assert_eq!(from("https://e.example/f"), "https://e.example/f");
        assert_eq!(from("//e.example/f"), "https://e.example/f");
        assert_eq!(from("/f?g=h://i"), "https://a.example/f?g=h://i");
        assert_eq!(from("f"), "https://a.example/b/f");
        assert_eq!(absolute("https://a.example/b", "javascript://x"), None);
    }

    #[test]
    fn a_revision_is_one_part_of_a_path_and_a_file_several() {
        assert_eq!(encoded("refs/pr/1", false), "refs%2Fpr%2F1");
        assert_eq!(encoded("q8/a b.gguf", true), "q8/a%20b.gguf");
    }
}
