//! The rules of the house that need no compiler: which way the arrows point, how large a room is, who may say what.
//! A rule that is not checked here or beside its kernel is only a wish.

#[path = "house/modules.rs"]
mod modules;
#[path = "house/rooms.rs"]
mod rooms;
#[path = "house/sources.rs"]
mod sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use modules::{arrows, knot};
use rooms::{ROOMS, room, script_arrows};
use sources::{code_lines, extension, home, long_functions, sources, stem};

/// A crate's folder, the crates of ours it may name under `[dependencies]`, and those of the world. Top floor first.
/// What ships never names `reference`.
const FLOORS: &[(&str, &[&str], &[&str])] = &[
    (
        "crates/wasm",
        &["engine"],
        &[
            "js-sys",
            "serde",
            "serde-wasm-bindgen",
            "serde_json",
            "wasm-bindgen",
            "wasm-bindgen-futures",
            "web-sys",
        ],
    ),
    ("crates/grader", &["evaluate"], &["serde", "serde_json", "sha2", "wasm-bindgen"]),
    (
        "crates/cli",
        &["checkpoint", "engine", "evaluate"],
        &["clap", "flate2", "indicatif", "jiff", "pollster", "safetensors", "serde", "serde_json", "ureq"],
    ),
    ("crates/engine", &["checkpoint", "cpu", "decoder", "text"], &["serde", "serde_json"]),
    ("crates/decoder", &["checkpoint", "gpu", "kernels"], &["bytemuck", "half"]),
    ("crates/cpu", &["checkpoint"], &["bytemuck", "half", "rayon"]),
    ("shaders", &["gpu"], &["bytemuck"]),
    ("crates/gpu", &[], &["futures-channel", "js-sys", "wasm-bindgen", "web-sys", "wgpu"]),
    ("crates/checkpoint", &[], &["bytemuck", "half", "serde", "serde_json", "sha2"]),
    ("crates/text", &[], &["jiff", "minijinja", "minijinja-contrib", "serde", "serde_json", "tokenizers"]),
    ("crates/evaluate", &[], &["serde", "serde_json"]),
    ("crates/reference", &["checkpoint"], &["half"]),
    ("crates/xtask", &[], &["serde_json", "sha2", "wasm-bindgen-cli-support"]),
    ("tests", &["checkpoint", "reference"], &["half", "safetensors", "serde_json", "sha2"]),
];

/// (extension, most lines in a file). A file that must exceed its limit is named in `EXCUSED`, with the reason.
const ROOM_LINES: &[(&str, usize)] =
    &[("rs", 400), ("wgsl", 200), ("ts", 300), ("js", 300), ("mjs", 300), ("py", 300)];
const FUNCTION_LINES: usize = 70;
const EXCUSED: &[(&str, &str)] = &[];
const NAMES_THAT_SAY_NOTHING: &[&str] =
    &["utils", "util", "helpers", "common", "misc", "types", "core", "manager"];

/// (word, where alone it may stand): a word in code, followed by a path or standing alone.
const WORDS: &[(&str, &[&str])] = &[
    ("wgpu", &["crates/gpu/"]),
    ("wasm_bindgen", &["crates/wasm/", "crates/grader/", "crates/gpu/src/web.rs"]),
    ("js_sys", &["crates/wasm/", "crates/gpu/src/web.rs"]),
    ("web_sys", &["crates/wasm/", "crates/gpu/src/web.rs"]),
];

#[test]
fn arrows_point_down() {
    for (folder, ours, world) in FLOORS {
        let found = dependencies(&home().join(folder).join("Cargo.toml"));
        let is_ours =
            |name: &String| name == "reference" || FLOORS.iter().any(|(folder, ..)| short(folder) == name);
        let (found_ours, found_world): (BTreeSet<String>, BTreeSet<String>) =
            found.into_iter().partition(is_ours);
        let may: BTreeSet<String> = ours.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(found_ours, may, "{folder}: crates of ours it imports, left; may import, right");
        let strangers: Vec<&String> =
            found_world.iter().filter(|name| !world.contains(&name.as_str())).collect();
        assert!(
            strangers.is_empty(),
            "{folder}: {strangers:?} are not among the crates of the world it may use"
        );
    }
}

#[test]
fn every_crate_has_its_floor_and_its_line_in_the_readme() {
    let readme = fs::read_to_string(home().join("crates/README.md")).unwrap();
    let crates = fs::read_dir(home().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let folders = crates.filter(|path| path.is_dir()).map(|path| format!("crates/{}", stem(&path)));
    for folder in folders.chain(["shaders".to_owned(), "tests".to_owned()]) {
        assert!(
            FLOORS.iter().any(|(known, ..)| *known == folder),
            "{folder}: give it a floor in tests/house.rs"
        );
        assert!(
            readme.contains(&format!("`{}`", short(&folder))),
            "{folder}: crates/README.md does not name it"
        );
    }
}

#[test]
fn scripts_of_the_page_import_rooms_below_and_never_themselves_back() {
    let readme = fs::read_to_string(home().join("web/src/README.md")).unwrap();
    let arrows = script_arrows();
    for (script, imported) in &arrows {
        let (_, may) = ROOMS
            .iter()
            .find(|(known, _)| *known == room(script))
            .unwrap_or_else(|| panic!("{script}: give its folder a place in tests/house/rooms.rs"));
        let strange =
            imported.iter().find(|other| room(other) != room(script) && !may.contains(&room(other)));
        assert_eq!(strange, None, "{script} imports it, and may import of {may:?} alone");
    }
    for (room, _) in ROOMS {
        assert!(readme.contains(&format!("`{room}")), "{room}: web/src/README.md does not name it");
    }
    if let Some(knot) = knot(&arrows) {
        panic!("web/src: a knot of scripts: {}", knot.join(" -> "));
    }
}

#[test]
fn no_module_imports_itself_back() {
    for (folder, ..) in FLOORS {
        let arrows = arrows(&home().join(folder));
        if let Some(knot) = knot(&arrows) {
            panic!("{folder}: a knot of modules: {}", knot.join(" -> "));
        }
    }
}

#[test]
fn rooms_are_small_and_named() {
    let mut faults = Vec::new();
    for path in sources() {
        let name = path.strip_prefix(home()).unwrap().display().to_string();
        if NAMES_THAT_SAY_NOTHING.contains(&stem(&path).as_str()) {
            faults.push(format!("{name}: name the one concept inside"));
        }
        let limit = ROOM_LINES.iter().find(|(kind, _)| *kind == extension(&path));
        let Some((_, most)) = limit else { continue };
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        if *most < lines && !EXCUSED.iter().any(|(excused, _)| *excused == name) {
            faults.push(format!("{name}: {lines} lines, {most} is the limit"));
        }
        let long = long_functions(&text, FUNCTION_LINES);
        faults.extend(long.map(|line| format!("{name}:{line}: function over {FUNCTION_LINES} lines")));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn each_word_stays_in_its_room() {
    let mut faults = Vec::new();
    for path in sources().into_iter().filter(|path| extension(path) == "rs") {
        let name = path.strip_prefix(home()).unwrap().display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        for (word, rooms) in WORDS {
            if name.starts_with("tests/house") || rooms.iter().any(|room| name.starts_with(room)) {
                continue;
            }
            let says = |line: &str| {
                line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|part| part == *word)
            };
            let lines = code_lines(&text).filter(|(_, line)| says(line));
            faults.extend(
                lines.map(|(number, _)| format!("{name}:{number}: `{word}` belongs in {}", rooms.join(", "))),
            );
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn locks_and_configurations_name_no_mirror() {
    let lock = fs::read_to_string(home().join("Cargo.lock")).unwrap();
    let strange = lock
        .lines()
        .filter(|line| line.starts_with("source = "))
        .find(|line| *line != "source = \"registry+https://github.com/rust-lang/crates.io-index\"");
    assert_eq!(strange, None, "Cargo.lock: packages come from crates.io");
    for path in sources() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = || fs::read_to_string(&path).unwrap();
        match name.as_str() {
            "package-lock.json" => {
                let text = text();
                let mut addresses = text.split("\"resolved\": \"").skip(1).map(|rest| rest.split('"').next());
                // A folder of ours is linked by its path.
                let strange = addresses.find(|address| {
                    let address = address.unwrap();
                    address.contains(':') && !address.starts_with("https://registry.npmjs.org/")
                });
                assert_eq!(strange, None, "{}", path.display());
            }
            ".npmrc" | "config.toml" | "pip.conf" | "requirements.txt" => {
                let text = text();
                assert!(!text.contains("://"), "{}: names a host", path.display());
            }
            _ => (),
        }
    }
}

/// What a crate is called where it is named: `kernels` lives in `shaders`.
fn short(folder: &str) -> &str {
    match folder {
        "shaders" => "kernels",
        _ => folder.rsplit('/').next().unwrap(),
    }
}

/// Names under `[dependencies]` and `[target.X.dependencies]`; not those of tests and builds.
fn dependencies(manifest: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(manifest).unwrap();
    let mut listed = false;
    let mut names = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with('[') {
            listed =
                line == "[dependencies]" || line.starts_with("[target.") && line.ends_with(".dependencies]");
        } else if listed && line.starts_with(|c: char| c.is_alphanumeric()) {
            names.extend(line.split(['.', ' ', '=']).next().map(str::to_owned));
        }
    }
    names
}
