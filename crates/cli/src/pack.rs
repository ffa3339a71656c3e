//! `reckon pack`: a model into a folder that any static host can serve.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use engine::checkpoint::{AskedDtypes, PackedFile, Packing, Rounded};
use engine::{Error, Files, Opened, PackOptions, Packed};
use indicatif::{ProgressBar, ProgressDrawTarget};
use serde_json::json;

use crate::arguments::{Compare, Pack};
use crate::compare::compare;
use crate::load::{show, style};
use crate::place::{Place, called};
use crate::print;

const MIB: u64 = 1 << 20;

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Pack) -> Result<(), String> {
    let place = Place::find(&arguments.path, arguments.offline)?;
    let opened = place.open().await?;
    let options = PackOptions {
        dtypes: dtypes(arguments, &opened),
        name: name(arguments)?,
        shard_bytes: arguments.shard * MIB,
        licence: licence(arguments, &place).await?,
    };
    let mut folder = Folder::new(&arguments.out)?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(style());
    let mut write = |part: Packing<'_>| folder.write(part);
    let mut progress = |progress| show(&bar, progress);
    let packed = engine::pack(&place, &opened, &options, &mut write, &mut progress).await;
    bar.finish_and_clear();
    let packed = packed.map_err(|err| err.to_string())?;
    packed.notes.iter().for_each(|note| eprintln!("reckon: {note}"));
    if options.licence.is_none() {
        eprintln!(
            "reckon: no licence was found; name its file with --licence, so that whoever loads the model can read it"
        );
    }
    let comparison = match &arguments.text {
        Some(text) => Some(compare(&against_source(arguments, text)).await?),
        None => None,
    };
    if arguments.json {
        let row = |Rounded { name, held, loss }: &Rounded| json!({ "name": name, "held": held.name(), "relative_error": loss.relative() });
        let rounded: Vec<_> = packed.rounded.iter().map(row).collect();
        let report = json!({ "manifest": packed.manifest, "rounded": rounded, "comparison": comparison });
        print::line(serde_json::to_string_pretty(&report).map_err(|err| err.to_string())?);
        return Ok(());
    }
    tell(&packed, &arguments.out);
    if let Some(comparison) = comparison {
        print::line(comparison);
    }
    Ok(())
}

/// What was asked for; where nothing was, what suits the model.
fn dtypes(arguments: &Pack, opened: &Opened) -> AskedDtypes {
    let &Pack { dtype, head, attention, feed_forward, .. } = arguments;
    let suited = match dtype {
        None => opened.checkpoint.suited_dtypes(),
        asked => asked.into(),
    };
    AskedDtypes { head: head.or(suited.head), attention, feed_forward, ..suited }
}

/// What the files are called: without an ending, and without the number of a part.
fn name(arguments: &Pack) -> Result<String, String> {
    if let Some(name) = &arguments.name {
        return match name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
            true => Err(format!("--name: {name:?} is no name of a file")),
            false => Ok(name.clone()),
        };
    }
    Ok(called(&arguments.path))
}

/// The model that was packed, held against its source.
fn against_source(arguments: &Pack, text: &Path) -> Compare {
    let Pack { path, out, computer, offline, .. } = arguments;
    let (model, base, text) = (out.clone(), path.clone(), text.to_owned());
    Compare { model, base, text, tokens: 1024, computer: *computer, offline: *offline, json: false }
}

/// The text of the licence: from the file that is named, or beside the model.
async fn licence(arguments: &Pack, place: &Place) -> Result<Option<String>, String> {
    if let Some(path) = &arguments.licence {
        return fs::read_to_string(path).map(Some).map_err(|err| format!("{}: {err}", path.display()));
    }
    if !place.model().is_empty() {
        return Ok(None);
    }
    for name in ["LICENSE", "LICENSE.txt", "LICENSE.md"] {
        let Some(size) = place.size_bytes(name).await.map_err(|err| err.to_string())? else { continue };
        let text = place.read(name, 0..size.min(MIB)).await.map_err(|err| err.to_string())?;
        return Ok(Some(String::from_utf8_lossy(&text).into_owned()));
    }
    Ok(None)
}

/// The folder that is written: a file has another name until it is whole.
struct Folder {
    path: PathBuf,
    open: Option<File>,
}

impl Folder {
    fn new(path: &Path) -> Result<Self, String> {
        let fault = |err: std::io::Error| format!("{}: {err}", path.display());
        fs::create_dir_all(path).map_err(fault)?;
        if fs::read_dir(path).map_err(fault)?.next().is_some() {
            return Err(format!(
                "{}: there is something in it already; name an empty folder",
                path.display()
            ));
        }
        Ok(Self { path: path.to_owned(), open: None })
    }

    fn write(&mut self, packing: Packing<'_>) -> Result<(), Error> {
        let part = |name: &str| self.path.join(format!("{name}.part"));
        let fault =
            |name: &str, err: std::io::Error| Error::Files(format!("{}: {err}", part(name).display()));
        match packing {
            Packing::Bytes { file: name, bytes } => {
                let mut file = match self.open.take() {
                    Some(file) => file,
                    None => File::create(part(name)).map_err(|err| fault(name, err))?,
                };
                file.write_all(bytes).map_err(|err| fault(name, err))?;
                self.open = Some(file);
            }
            Packing::Whole(PackedFile { name, .. }) => {
                self.open = None;
                fs::rename(part(name), self.path.join(name)).map_err(|err| fault(name, err))?;
            }
        }
        Ok(())
    }
}

fn tell(packed: &Packed, out: &Path) {
    let files = packed.manifest.weights.iter().chain(&packed.manifest.texts);
    for file in files.clone() {
        print::line(format_args!("{:>12} bytes  {}  {}", file.size_bytes, &file.sha256[..16], file.name));
    }
    let bytes: u64 = files.map(|file| file.size_bytes).sum();
    print::line(format_args!("{:.1} MB in {}", bytes as f64 / 1e6, out.display()));
    if packed.rounded.is_empty() {
        return;
    }
    print::line(format_args!(
        "\nwhat rounding cost, as a share of the matrix (weighted by the squares of its numbers)"
    ));
    let longest =
        packed.rounded.iter().map(|rounded| rounded.loss.relative()).fold(f64::MIN_POSITIVE, f64::max);
    for Rounded { name, held, loss } in &packed.rounded {
        let share = loss.relative();
        let bar = "#".repeat((share / longest * 30.0).round() as usize);
        print::line(format_args!("{name:42} {:5} {:8.4} %  {bar}", held.name(), 100.0 * share));
    }
}
