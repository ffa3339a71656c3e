//! A model on its way from a disk or a hub to what computes it, with what a person wants to see of it.

use std::path::Path;

use engine::{Choice, Description, Engine, Error, LoadOptions, Opened, Plan, Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::clock::Clock;
use crate::hub::Hub;
use crate::inspect::megabytes;
use crate::place::Place;

/// Loads the model at a path or of a hub; a bar on stderr where that is a terminal, notes on what is fetched and what was widened always.
///
/// # Errors
/// One readable line.
pub async fn load(name: &Path, offline: bool, options: LoadOptions) -> Result<Engine, String> {
    let place = Place::find(name, offline)?;
    let bar = bar();
    show(&bar, Progress::default());
    let opened = place.open().await;
    bar.finish_and_clear();
    load_opened(&place, opened?, options).await
}

/// Loads a model whose headers are read already, as [`load`] does.
///
/// # Errors
/// One readable line.
pub async fn load_opened(place: &Place, opened: Opened, options: LoadOptions) -> Result<Engine, String> {
    let plan = opened.plan(&options, &()).map_err(|err| err.to_string())?;
    if let Place::Hub(hub) = place {
        announce(hub, &opened, &plan).map_err(|err| err.to_string())?;
    }
    let clock = Clock::start();
    let choice = Choice::make(&options, plan.weights_bytes, &clock).await;
    let choice = choice.map_err(|err| err.to_string())?;
    let bar = bar();
    let mut progress = |progress: Progress| show(&bar, progress);
    let engine = opened.load(place, choice, options, &clock, &mut (), &mut progress).await;
    bar.finish_and_clear();
    let engine = engine.map_err(|err| err.to_string())?;
    for note in engine.notes() {
        eprintln!("reckon: {note}");
    }
    Ok(engine)
}

/// What computes, and why where that was chosen.
pub fn computed_on(Description { adapter, why, .. }: &Description) -> String {
    if why.is_empty() { adapter.clone() } else { format!("{adapter}: {why}") }
}

/// Before a weight is fetched: how much that is, and what the model will take.
fn announce(hub: &Hub, opened: &Opened, plan: &Plan) -> Result<(), Error> {
    let names = opened.checkpoint.files.iter().map(|file| &*file.name);
    let (lacking, here) = hub.lacking_bytes(names)?;
    if lacking > 0 {
        eprintln!(
            "reckon: {}: {} to download, {} here already; it takes {} of memory, and {} for {} positions",
            hub.described(),
            megabytes(lacking),
            megabytes(here),
            megabytes(plan.weights_bytes),
            megabytes(plan.kv_bytes),
            plan.context,
        );
    }
    Ok(())
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(style());
    bar
}

/// How a bar looks.
pub fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:9} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        .expect("the template is one of our own")
}

/// Brings a bar up to date.
pub fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total_bytes);
    bar.set_position(progress.loaded_bytes);
    bar.set_message(match progress.stage {
        Stage::Headers => "reading",
        Stage::Weights => "loading",
        Stage::Checking => "checking",
    });
}
