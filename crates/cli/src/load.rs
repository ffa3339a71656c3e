//! A model on its way from a disk to the GPU, with what a person wants to see of it.

use std::path::Path;

use engine::{Engine, LoadOptions, Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::disk::Disk;

/// Loads the model at `path`; a bar on stderr where that is a terminal, notes on what was widened always.
///
/// # Errors
/// One readable line.
pub async fn load(path: &Path, options: LoadOptions) -> Result<Engine, String> {
    let disk = Disk::open(path)?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(style());
    let mut progress = |progress: Progress| show(&bar, progress);
    let engine = engine::load(&disk, &disk.model, options, &mut progress).await;
    bar.finish_and_clear();
    let engine = engine.map_err(|err| err.to_string())?;
    for note in engine.notes() {
        eprintln!("reckon: {note}");
    }
    Ok(engine)
}

pub fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:9} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        .expect("the template is one of our own")
}

pub fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total_bytes);
    bar.set_position(progress.loaded_bytes);
    bar.set_message(match progress.stage {
        Stage::Headers => "reading",
        Stage::Weights => "loading",
        Stage::Checking => "checking",
    });
}
