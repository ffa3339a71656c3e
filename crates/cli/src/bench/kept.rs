//! A folder of runs: one folder for a day and an adapter, with what was measured there, a table and a plot.

use std::fs;
use std::path::{Path, PathBuf};

use super::record::{Document, FORMAT, Run, VERSION};
use super::{plot, table};

/// Puts a run beside those of its day and adapter, in place of one of the same model and device, and writes their table and
/// plot anew; tells where.
///
/// # Errors
/// One readable line.
pub fn keep(runs: &Path, run: Run) -> Result<PathBuf, String> {
    let day = run.at.split('T').next().unwrap_or_default();
    let folder = runs.join(format!("{day}-{}", slug(&run.device.adapter)));
    let file = folder.join("bench.json");
    let mut document = match fs::read(&file) {
        Ok(bytes) => read(&file, &bytes)?,
        Err(_) => Document::of(Vec::new()),
    };
    let what = |run: &Run| (table::title(run), run.model.kv.clone());
    document.runs.retain(|other| what(other) != what(&run));
    document.runs.push(run);
    fs::create_dir_all(&folder).map_err(|err| format!("{}: {err}", folder.display()))?;
    let json = serde_json::to_string_pretty(&document).map_err(|err| err.to_string())?;
    let files = [
        ("bench.json", json + "\n"),
        ("README.md", table::readme(&document)),
        ("bench.svg", plot::of(&document)),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|err| format!("{}: {err}", path.display()))?;
    }
    Ok(folder)
}

fn read(file: &Path, bytes: &[u8]) -> Result<Document, String> {
    let name = file.display();
    let document: Document = serde_json::from_slice(bytes).map_err(|err| format!("{name}: {err}"))?;
    match (&*document.format, document.version) {
        (FORMAT, VERSION) => Ok(document),
        (format, version) => Err(format!("{name}: {format} {version}; this writes {FORMAT} {VERSION}")),
    }
}

/// An adapter's name as a folder may be called.
fn slug(adapter: &str) -> String {
    let lower = adapter.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_names_a_folder() {
        assert_eq!(slug("NVIDIA H200 (driver/2)"), "nvidia-h200-driver-2");
        assert_eq!(slug("CPU, AVX2, 2 threads"), "cpu-avx2-2-threads");
    }
}
