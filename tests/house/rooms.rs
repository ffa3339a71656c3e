//! The rooms of the page, and which of its scripts imports which.

use std::path::{Component, Path, PathBuf};

use super::modules::Arrows;
use super::sources::{extension, home, sources};

/// A folder of `web/src`, and the folders whose scripts those in it may import; lowest floor first. The last one is what
/// stands in `web/src` itself.
pub const ROOMS: &[(&str, &[&str])] = &[
    ("engine", &[]),
    ("prose", &[]),
    ("presets", &["engine"]),
    ("completions", &["engine"]),
    ("page", &["engine", "prose", "presets"]),
    ("offline", &["engine", "page"]),
    ("single", &["engine", "page"]),
    ("element", &["engine", "presets", "page"]),
    ("bench", &["engine", "page"]),
    ("evaluation", &["engine", "prose", "page"]),
    ("", &["engine", "completions"]),
];

/// The arrows between the scripts of `web/src`, by their paths in it without an ending.
pub fn script_arrows() -> Arrows {
    let home = home().join("web/src");
    let scripts = sources().into_iter().filter(|path| path.starts_with(&home) && extension(path) == "ts");
    scripts
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let folder = path.parent().unwrap();
            let named = imports(&text).into_iter().map(|import| plain(&folder.join(import)));
            let named = named.filter_map(|path| Some(name(path.strip_prefix(&home).ok()?)));
            (name(path.with_extension("").strip_prefix(&home).unwrap()), named.collect())
        })
        .collect()
}

/// The folder of `web/src` that a script stands in.
pub fn room(script: &str) -> &str {
    script.split_once('/').map_or("", |(room, _)| room)
}

/// What stands after `from`, `import` or `import(` and is a path of ours, `?worker` and the like left out.
fn imports(text: &str) -> Vec<&str> {
    let words = ["from \"", "import \"", "import(\""];
    let after = words.iter().flat_map(|word| text.split(word).skip(1));
    let paths = after.filter_map(|rest| rest.split(['"', '?']).next());
    paths.filter(|path| path.starts_with('.')).collect()
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => (),
            part => plain.push(part),
        }
    }
    plain
}

fn name(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/").trim_end_matches(".ts").to_owned()
}
