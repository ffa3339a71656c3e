//! Models of a hub at the terminal: fetched once, right in the end whatever happens on the way, and the token kept.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reckon_tests::hub::{COMMIT, Hub, Manners, REPO, SIGNATURE};
use reckon_tests::{Case, Fixture, ModelFile, Run, reckon};

const TOKEN: &str = "hf_a-token-that-nobody-else-may-see";
const WEIGHTS: &str = "model.safetensors";
/// Of headers the engine reads so many bytes at first.
const HEADER_BYTES: u64 = 64 << 10;
/// Longer than anything here takes.
const MOST_TIME: Duration = Duration::from_secs(20);

/// A hub, and one user of it.
struct Visit {
    hub: Hub,
    cache: Fixture,
    token: &'static str,
}

impl Visit {
    fn to(files: Vec<ModelFile>, manners: Manners) -> Self {
        Self { hub: Hub::of(files, manners), cache: Fixture::default(), token: "" }
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let cache = self.cache.folder().display().to_string();
        let mut variables = vec![
            ("HF_ENDPOINT", self.hub.endpoint()),
            ("HF_TOKEN", self.token.to_owned()),
            ("HF_TOKEN_PATH", format!("{cache}/no-token")),
            ("RECKON_CACHE", cache),
        ];
        let proxies = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
        variables.extend(proxies.map(|name| (name, String::new())));
        variables
    }

    fn run(&self, words: &[&str]) -> Run {
        let run = Run::within_environment(&self.environment(), words);
        assert!(run.time < MOST_TIME, "{words:?} took {:?}", run.time);
        for secret in [TOKEN, SIGNATURE] {
            assert!(
                !run.stdout.contains(secret) && !run.stderr.contains(secret),
                "{words:?}: {}",
                run.stderr
            );
        }
        run
    }

    /// The line that a command ends with when it is refused.
    fn refusal(&self, words: &[&str]) -> String {
        let run = self.run(words);
        assert_eq!(run.code, Some(1), "{words:?}: {}", run.stderr);
        run.stderr.lines().last().unwrap_or_default().to_owned()
    }

    /// What `reckon logits` writes, and says.
    fn logits(&self, model: &str, more: &[&str]) -> (Vec<u8>, String) {
        let fixture = Fixture::default();
        let words = logits_words(model, &fixture);
        let words: Vec<&str> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let run = self.run(&words);
        assert_eq!(run.code, Some(0), "{model}: {}", run.stderr);
        (fs::read(fixture.path("logits.safetensors")).unwrap(), run.stderr)
    }

    fn start_logits(&self, model: &str, fixture: &Fixture) -> Child {
        let mut command = Command::new(reckon());
        command.args(logits_words(model, fixture)).envs(self.environment());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The cache's file of the weights, with `ending`.
    fn cached(&self, name: &str, ending: &str) -> PathBuf {
        let host = self.hub.endpoint().replace("http://", "").replace(':', "-");
        self.cache.path(&host).join(REPO.replace('/', "--")).join(COMMIT).join(format!("{name}{ending}"))
    }
}

fn logits_words(model: &str, fixture: &Fixture) -> Vec<String> {
    let tokens = fixture.write("tokens.json", b"[1, 2, 3, 4, 5]").display().to_string();
    let out = fixture.path("logits.safetensors").display().to_string();
    ["logits", "--model", model, "--tokens", &tokens, "--out", &out].map(str::to_owned).to_vec()
}

/// What the same files give from the disk.
fn logits_of_disk(files: &[ModelFile], model: &str) -> Vec<u8> {
    let fixture = Fixture::default();
    files.iter().for_each(|file| drop(fixture.write(&file.name, &file.bytes)));
    let out = Fixture::default();
    let run = Run::of(logits_words(fixture.path(model).to_str().unwrap(), &out));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    fs::read(out.path("logits.safetensors")).unwrap()
}

fn folder() -> Vec<ModelFile> {
    Case::named("tiny_text").folder()
}

fn size(files: &[ModelFile], name: &str) -> u64 {
    let size = files.iter().find(|file| file.name == name).unwrap().bytes.len() as u64;
    assert!(size > 2 * HEADER_BYTES, "{name}: {size} bytes, too small to be cut");
    size
}

/// Every file under `folder`, with its content.
fn all_files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(all_files(&entry));
        } else {
            files.push((entry.clone(), fs::read(entry).unwrap()));
        }
    }
    files
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < MOST_TIME, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_gated_repository_says_what_to_do() {
    let mut visit = Visit::to(folder(), Manners { token: Some(TOKEN), ..Manners::default() });
    let gate = format!("accept its licence at {}/{REPO}", visit.hub.endpoint());
    let line = visit.refusal(&["inspect", REPO]);
    assert!(line.contains(&gate) && line.contains("set HF_TOKEN"), "{line}");
    visit.token = "hf_another-token";
    let line = visit.refusal(&["inspect", REPO]);
    assert!(line.contains(&gate) && line.contains("HF_TOKEN does not open it"), "{line}");
    assert!(!line.contains(visit.token), "{line}");
    visit.token = "hf_with a space";
    let line = visit.refusal(&["inspect", REPO]);
    assert!(line.contains("characters that no token has") && !line.contains("space"), "{line}");
    visit.token = TOKEN;
    visit.hub.behave(|manners| manners.status = Some("401 Unauthorized"));
    let line = visit.refusal(&["inspect", REPO]);
    assert!(line.contains("does not accept the token of HF_TOKEN"), "{line}");
    visit.hub.behave(|manners| manners.status = None);
    let run = visit.run(&["inspect", REPO]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
fn what_is_not_there_is_told_in_one_line() {
    let visit = Visit::to(Case::named("tiny_text").files(), Manners::default());
    let cases = [
        ("other/name", "no such repository, or a private one"),
        ("owner/name@v2", "no revision v2"),
        ("owner/name:other.gguf", "no other.gguf at revision main; name one of its files"),
        ("owner/name", "no config.json at revision main; name one of its files, as in owner/name:model.gguf"),
        ("owner/name/model.bin", "there is no such file or folder, and it is no hub id"),
        ("models/model.gguf", "there is no such file or folder, and it is no hub id"),
        ("owner/name:../model.gguf", "there is no such file or folder, and it is no hub id"),
    ];
    for (id, says) in cases {
        let run = visit.run(&["inspect", id]);
        assert_eq!(run.code, Some(1), "{id}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{id}, {says:?} expected: {}", run.stderr);
        assert_eq!(run.stderr.trim_end().lines().count(), 1, "{id}: {}", run.stderr);
    }
    visit.hub.behave(|manners| manners.status = Some("503 Service Unavailable"));
    let line = visit.refusal(&["inspect", "owner/name:model.gguf"]);
    assert!(line.contains("503"), "{line}");
    let visit = Visit::to(Vec::new(), Manners::default());
    visit.hub.stop();
    let line = visit.refusal(&["inspect", "owner/name:model.gguf"]);
    assert!(line.contains("no path on this disk, and cannot be fetched"), "{line}");
    let line = visit.refusal(&["inspect", "owner/name:model.gguf", "--offline"]);
    assert!(line.contains("--offline"), "{line}");
}

#[test]
fn a_path_wins_over_a_hub() {
    let visit = Visit::to(folder(), Manners::default());
    let disk = Fixture::default();
    let home = disk.path(REPO);
    fs::create_dir_all(&home).unwrap();
    folder().iter().for_each(|file| fs::write(home.join(&file.name), &file.bytes).unwrap());
    let mut command = Command::new(reckon());
    command.args(["inspect", REPO]).envs(visit.environment()).current_dir(disk.folder());
    assert!(command.output().unwrap().status.success());
    assert!(visit.hub.seen().is_empty());
}

#[test]
fn inspect_fetches_headers_and_loading_goes_on_from_there() {
    let files = folder();
    let whole = size(&files, WEIGHTS);
    let visit = Visit::to(files.clone(), Manners::default());
    let run = visit.run(&["inspect", REPO]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let header = visit.hub.served_bytes(WEIGHTS);
    assert!(header <= HEADER_BYTES, "{header} bytes of weights for a header");
    let (logits, said) = visit.logits(REPO, &[]);
    assert_eq!(logits, logits_of_disk(&files, ""));
    assert_eq!(visit.hub.served_bytes(WEIGHTS), whole - header, "of {whole}, {header} were here");
    assert!(said.contains("to download") && said.contains(&COMMIT[..12]), "{said}");
}

#[test]
fn a_model_of_a_hub_computes_what_the_same_files_compute() {
    let sharded = Case::named("one_token_bf16_sharded").files();
    let gguf = Case::named("tiny_text").files();
    for (files, model, id) in [(sharded, "", REPO), (gguf, "model.gguf", "owner/name:model.gguf")] {
        let mut visit = Visit::to(files.clone(), Manners { token: Some(TOKEN), ..Manners::default() });
        visit.token = TOKEN;
        let expected = logits_of_disk(&files, model);
        assert_eq!(visit.logits(id, &[]).0, expected, "{id}");
        for seen in visit.hub.seen() {
            let bearer = seen.headers.get("authorization").map(String::as_str);
            let may = (!seen.at_store).then(|| format!("Bearer {TOKEN}"));
            assert_eq!(bearer, may.as_deref(), "{}", seen.line);
            assert!(!seen.line.contains(TOKEN), "{}", seen.line);
        }
        for (path, content) in all_files(visit.cache.folder()) {
            let has = |secret: &str| content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!has(TOKEN) && !has(SIGNATURE), "{}", path.display());
            assert_ne!(path.extension(), Some(OsStr::new("part")), "{}", path.display());
        }

        // What is whole is not fetched again: of a branch it is asked what it stands for, of a commit nothing.
        assert_eq!(visit.logits(id, &[]).0, expected, "{id}, again");
        let seen = visit.hub.seen();
        let asked = seen.iter().filter(|seen| seen.line.contains("/resolve/")).count();
        assert!(asked == 1 && seen.iter().all(|seen| !seen.at_store), "{id}, again: {seen:?}");
        let at_commit = id.replace(REPO, &format!("{REPO}@{COMMIT}"));
        assert_eq!(visit.logits(&at_commit, &[]).0, expected, "{at_commit}");
        assert_eq!(visit.logits(id, &["--offline"]).0, expected, "{id}, --offline");
        assert_eq!(visit.hub.seen().len(), 0, "{id}, offline");
        visit.hub.stop();
        assert_eq!(visit.logits(&at_commit, &[]), (expected.clone(), String::new()), "{at_commit}, stopped");
        let (logits, said) = visit.logits(id, &[]);
        assert_eq!(logits, expected, "{id}, stopped");
        assert!(said.contains("the cache's copy"), "{said}");
    }
}

#[test]
fn a_connection_cut_anywhere_costs_no_byte() {
    let files = folder();
    let whole = size(&files, WEIGHTS);
    // Seeded: a walk of unequal steps through the file, and its edges.
    let mut cuts: Vec<u64> = (1..=17_u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15) % whole).collect();
    cuts.extend([1, HEADER_BYTES + 1, whole - 1]);
    cuts.sort_unstable();
    let visit = Visit::to(files.clone(), Manners { cuts, ..Manners::default() });
    assert_eq!(visit.logits(REPO, &[]).0, logits_of_disk(&files, ""));
    visit.hub.behave(|manners| assert!(manners.cuts.is_empty(), "not cut: {:?}", manners.cuts));
    assert_eq!(visit.hub.served_bytes(WEIGHTS), whole);
}

#[test]
fn a_killed_process_leaves_what_the_next_goes_on_from() {
    let files = folder();
    let whole = size(&files, WEIGHTS);
    let visit = Visit::to(files.clone(), Manners::default());
    let part = visit.cached(WEIGHTS, ".part");
    // Within the header, at its end, and on.
    for stall in [1, 4321, HEADER_BYTES, HEADER_BYTES + 1, whole / 3, whole / 2, whole - 1] {
        visit.hub.behave(|manners| manners.stalls_at = Some(stall));
        let fixture = Fixture::default();
        let mut child = visit.start_logits(REPO, &fixture);
        wait_until("the part is there", || fs::metadata(&part).is_ok_and(|part| part.len() == stall));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    visit.hub.behave(|manners| manners.stalls_at = None);
    assert_eq!(visit.logits(REPO, &[]).0, logits_of_disk(&files, ""));
    assert_eq!(visit.hub.served_bytes(WEIGHTS), whole);
    assert!(!part.exists() && visit.cached(WEIGHTS, "").exists());
}

#[test]
fn two_processes_fetch_a_file_once() {
    let files = folder();
    let whole = size(&files, WEIGHTS);
    let stall = HEADER_BYTES + 1000;
    let visit = Visit::to(files.clone(), Manners { stalls_at: Some(stall), ..Manners::default() });
    let (first_fixture, second_fixture) = (Fixture::default(), Fixture::default());
    let mut first = visit.start_logits(REPO, &first_fixture);
    let part = visit.cached(WEIGHTS, ".part");
    wait_until("the first fetches", || fs::metadata(&part).is_ok_and(|part| part.len() == stall));
    visit.hub.seen();
    let mut second = visit.start_logits(REPO, &second_fixture);
    wait_until("the second has its header", || visit.hub.seen().iter().any(|seen| seen.at_store));
    // The first is cut off here, and takes the rest with its next request.
    visit.hub.behave(|manners| manners.stalls_at = None);
    for child in [&mut first, &mut second] {
        assert!(child.wait().unwrap().success());
    }
    let expected = logits_of_disk(&files, "");
    for fixture in [first_fixture, second_fixture] {
        assert_eq!(fs::read(fixture.path("logits.safetensors")).unwrap(), expected);
    }
    let served = visit.hub.served_bytes(WEIGHTS);
    assert!((whole..=whole + 2 * HEADER_BYTES).contains(&served), "{served} of {whole} bytes");
}

#[test]
fn a_hub_without_ranges_and_commits_will_do() {
    let files = folder();
    let whole = size(&files, WEIGHTS);
    let cuts = vec![HEADER_BYTES + 7, whole - 1];
    let manners = Manners { cuts, ignores_ranges: true, hides_commit: true, ..Manners::default() };
    let visit = Visit::to(files.clone(), manners);
    let expected = logits_of_disk(&files, "");
    assert_eq!(visit.logits(REPO, &[]).0, expected);
    visit.hub.served_bytes(WEIGHTS);
    assert_eq!(visit.logits(REPO, &[]).0, expected, "again");
    assert_eq!(visit.hub.served_bytes(WEIGHTS), 0);
    // Where no commit says so, the file itself does.
    visit.hub.change(WEIGHTS, |bytes| *bytes.last_mut().unwrap() ^= 1);
    assert_ne!(visit.logits(REPO, &[]).0, expected, "changed");
    assert!(visit.hub.served_bytes(WEIGHTS) >= whole);
    visit.hub.stop();
    assert_ne!(visit.logits(REPO, &[]).0, expected, "changed, stopped");
}

#[test]
fn a_file_that_changes_on_the_way_is_told_and_begun_anew() {
    let files = folder();
    let visit = Visit::to(files, Manners { stalls_at: Some(HEADER_BYTES + 999), ..Manners::default() });
    let fixture = Fixture::default();
    let words = logits_words(REPO, &fixture);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let part = visit.cached(WEIGHTS, ".part");
    let line = std::thread::scope(|scope| {
        let refusal = scope.spawn(|| visit.refusal(&words));
        wait_until("it fetches", || fs::metadata(&part).is_ok_and(|part| part.len() > HEADER_BYTES));
        visit.hub.change(WEIGHTS, |bytes| *bytes.last_mut().unwrap() ^= 1);
        visit.hub.behave(|manners| manners.stalls_at = None);
        refusal.join().unwrap()
    });
    assert!(
        line.contains(&format!("{WEIGHTS}: it changed on")) && line.contains("while it was being loaded")
    );
    assert!(line.ends_with("is discarded, load it again"), "{line}");
    assert!(!part.exists() && !visit.cached(WEIGHTS, "").exists());
    visit.logits(REPO, &[]);
}

#[test]
fn a_file_damaged_on_the_way_is_refused_and_not_kept() {
    let files = folder();
    let whole = size(&files, WEIGHTS) as usize;
    let visit = Visit::to(files.clone(), Manners { damages: Some(whole - 5), ..Manners::default() });
    let fixture = Fixture::default();
    let words = logits_words(REPO, &fixture);
    let line = visit.refusal(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(line.contains(&format!("{WEIGHTS}: its SHA-256 is")) && line.contains("is discarded"), "{line}");
    assert!(!visit.cached(WEIGHTS, "").exists() && !visit.cached(WEIGHTS, ".part").exists());
    assert!(!fixture.path("logits.safetensors").exists());
    visit.hub.behave(|manners| manners.damages = None);
    assert_eq!(visit.logits(REPO, &[]).0, logits_of_disk(&files, ""));
}
