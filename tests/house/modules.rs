//! Which module of a crate names which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Module -> modules it names. The root, which names all, has no arrows.
pub type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The arrows within the crate in `folder`; what follows `#[cfg(test)]` does not count.
pub fn arrows(folder: &Path) -> Arrows {
    let files = modules(folder);
    let text = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned()
    };
    let roots = files.iter().filter(|(name, _)| is_root(name));
    let exported: BTreeMap<String, String> = roots.flat_map(|(_, path)| exports(&text(path))).collect();
    let mut arrows = Arrows::new();
    for (name, path) in files.iter().filter(|(name, _)| !is_root(name)) {
        let named = named_after_crate(&text(path));
        let to = named.iter().filter_map(|word| match files.contains_key(word) {
            true => Some(word),
            false => exported.get(word),
        });
        arrows.insert(name.clone(), to.filter(|to| *to != name && !is_root(to)).cloned().collect());
    }
    arrows
}

/// A walk that ends where it began, if there is one.
pub fn knot(arrows: &Arrows) -> Option<Vec<String>> {
    for start in arrows.keys() {
        let mut reached = BTreeSet::new();
        let mut walks = vec![vec![start.clone()]];
        while let Some(walk) = walks.pop() {
            for next in arrows.get(walk.last().unwrap()).into_iter().flatten() {
                let longer = [walk.clone(), vec![next.clone()]].concat();
                if next == start {
                    return Some(longer);
                }
                if reached.insert(next.clone()) {
                    walks.push(longer);
                }
            }
        }
    }
    None
}

fn is_root(module: &str) -> bool {
    ["lib", "main"].contains(&module)
}

/// Top-level module -> file; a crate's files stand in `src` or beside its manifest.
fn modules(folder: &Path) -> BTreeMap<String, PathBuf> {
    let src = folder.join("src");
    let entries = fs::read_dir(if src.is_dir() { src } else { folder.to_owned() }).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let files = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path)).collect()
}

/// Item -> module, of every `use module::...` in a root.
fn exports(root: &str) -> Vec<(String, String)> {
    let uses = root.split("use ").skip(1).filter_map(|rest| rest.split(';').next());
    let of_one = |path: &str| {
        let path = path.trim_start_matches("crate::");
        let (module, items) = path.split_once("::").unwrap_or((path, ""));
        words(items).into_iter().map(|item| (item, module.to_owned())).collect::<Vec<_>>()
    };
    uses.flat_map(of_one).collect()
}

/// The first words of every path that begins with `crate::`, groups in braces included.
fn named_after_crate(code: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => named.extend(words(rest).into_iter().next()),
            Some(group) => {
                let mut depth = 0;
                let end = |c: char| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth < 0
                };
                let group = &group[..group.find(end).unwrap_or(group.len())];
                named.extend(outer_parts(group).iter().filter_map(|part| words(part).into_iter().next()));
            }
        }
    }
    named
}

/// The parts of a list between the commas that stand in no inner braces.
fn outer_parts(list: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in list.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(c),
        }
    }
    parts
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
