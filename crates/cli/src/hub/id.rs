//! A model's name on a hub: `owner/name`, `@revision`, `:file.gguf`.

use std::fmt;

/// What is fetched where no revision is named.
pub const DEFAULT_REVISION: &str = "main";
/// Most characters of an owner's, a repository's or a file's name.
const NAME_CHARACTERS: usize = 255;

/// A repository of a hub at a revision, and which of its files is the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubId {
    /// `owner/name`.
    pub repo: String,
    /// A branch, a tag or a commit.
    pub revision: String,
    /// The GGUF's name, or nothing where the repository itself is a Hugging Face folder.
    pub file: String,
}

impl HubId {
    /// Reads `owner/name[@revision][:file.gguf]`, or `owner/name/file.gguf` as it stands in a hub's addresses.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, file) = match text.split_once(':') {
            Some((rest, file)) => (rest, Some(file)),
            None => (text, None),
        };
        let (rest, revision) = match rest.split_once('@') {
            Some((rest, revision)) => (rest, Some(revision)),
            None => (rest, None),
        };
        let mut parts = rest.splitn(3, '/');
        let (owner, name) = (parts.next()?, parts.next()?);
        let file = match (parts.next(), file, revision) {
            (Some(path), None, None) => Some(path),
            (None, file, _) => file,
            _ => return None,
        };
        // Two names that end like a file are a path mistyped, and no repository.
        let repository = is_name(owner) && is_name(name) && (file.is_some() || !is_weight_file(name));
        let revision = revision.unwrap_or(DEFAULT_REVISION);
        let file = file.map_or(Some(""), |file| (is_relative(file) && is_gguf(file)).then_some(file))?;
        (repository && is_relative(revision)).then(|| Self {
            repo: format!("{owner}/{name}"),
            revision: revision.to_owned(),
            file: file.to_owned(),
        })
    }
}

impl fmt::Display for HubId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.repo)?;
        if self.revision != DEFAULT_REVISION {
            write!(f, "@{}", self.revision)?;
        }
        if !self.file.is_empty() {
            write!(f, ":{}", self.file)?;
        }
        Ok(())
    }
}

/// Whether a revision is a commit: what it names never changes.
pub fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether `path` has names alone, joined by `/`: it leads nowhere but down, on a disk and in an address.
pub fn is_relative(path: &str) -> bool {
    let plain = |name: &str| {
        let odd = |c: char| c.is_control() || "\\:?*\"<>|#%".contains(c);
        !name.is_empty() && name.len() <= NAME_CHARACTERS && !name.starts_with('.') && !name.contains(odd)
    };
    path.split('/').all(plain)
}

fn is_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    is_relative(name) && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(known)
}

fn is_weight_file(name: &str) -> bool {
    is_gguf(name) || name.ends_with(".safetensors")
}

/// Whether a file's name is that of a GGUF.
pub fn is_gguf(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".gguf")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(repo: &str, revision: &str, file: &str) -> Option<HubId> {
        let [repo, revision, file] = [repo, revision, file].map(str::to_owned);
        Some(HubId { repo, revision, file })
    }

    #[test]
    fn ids_are_read_as_people_write_them() {
        assert_eq!(HubId::parse("facebook/MobileLLM-R1-950M"), id("facebook/MobileLLM-R1-950M", "main", ""));
        assert_eq!(HubId::parse("a/b@refs/pr/1"), id("a/b", "refs/pr/1", ""));
        assert_eq!(HubId::parse("a/b:q8.gguf"), id("a/b", "main", "q8.gguf"));
        assert_eq!(HubId::parse("a/b@v1:q8/b.gguf"), id("a/b", "v1", "q8/b.gguf"));
        assert_eq!(HubId::parse("a/b/q8/b.GGUF"), id("a/b", "main", "q8/b.GGUF"));
        for text in ["a/b", "a/b@v1", "a/b:q8.gguf", "a/b@v1:q8/b.gguf"] {
            assert_eq!(HubId::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn paths_and_what_leads_elsewhere_are_no_ids() {
        let texts = [
            "",
            "a",
            "model.gguf",
            "models/model.gguf",
            "models/model.safetensors",
            "./a/b",
            "../a",
            "/a/b",
            "~/a/b",
            "a//b",
            "a/b/",
            "a/b/c",
            "a/b@",
            "a/b@../c",
            "a/b:",
            "a/b:../c.gguf",
            "a/b:c.bin",
            "a/b/../c.gguf",
            "a/b@main/c.gguf:d",
            "C:\\models\\a.gguf",
            "https://huggingface.co/a/b",
        ];
        for text in texts {
            assert_eq!(HubId::parse(text), None, "{text:?}");
        }
    }
}
