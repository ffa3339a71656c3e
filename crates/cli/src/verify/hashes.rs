//! SHA-256 of a model's files.

use checkpoint::Hash;
use engine::{Error, Files};
use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::load::style;
use crate::place::Place;

/// Of the whole file `name`, with a bar on stderr where that is a terminal.
///
/// # Errors
/// It cannot be read.
pub async fn of_file(place: &Place, name: &str, size_bytes: u64) -> Result<String, Error> {
    let bar = ProgressBar::with_draw_target(Some(size_bytes), ProgressDrawTarget::stderr());
    bar.set_style(style());
    bar.set_message("hashing");
    let mut hash = Hash::default();
    let mut hear = |bytes: &[u8]| {
        hash.update(bytes);
        bar.inc(bytes.len() as u64);
        Ok(())
    };
    let streamed = place.stream(name, 0..size_bytes, &mut hear).await;
    bar.finish_and_clear();
    streamed?;
    Ok(hash.end())
}
