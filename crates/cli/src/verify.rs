//! `reckon verify`: whether a model is what it is taken for and computes what it must, in a report to show.

mod finding;
mod golden;
mod hashes;
mod prompts;
mod published;
mod report;
mod template;
mod vocabulary;

use std::fs;
use std::path::PathBuf;

use checkpoint::{WeightFile, sha256};
use engine::{Engine, Error, Files, KvDtype, LoadOptions, Opened};

use crate::arguments::Verify;
use crate::load::load_opened;
use crate::place::{Place, called};
use crate::print;
use finding::{Findings, Verdict};
use golden::{Golden, tolerance};
use prompts::{Answered, Written};
use report::{Report, may_write, told};

/// Most bytes of a `config.json` that is hashed.
const CONFIG_BYTES: u64 = 64 << 20;

/// A verification under way.
struct Work<'a> {
    arguments: &'a Verify,
    place: Place,
    /// The moment it began: chat templates may name the day.
    date: String,
    findings: Findings,
    report: Report,
}

/// Runs the command.
///
/// # Errors
/// One readable line; that a check failed is one.
pub async fn run(arguments: &Verify) -> Result<(), String> {
    let place = Place::find(&arguments.path, arguments.offline)?;
    let golden = arguments.golden.as_deref().map(Golden::read).transpose()?;
    let name = called(&arguments.path);
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from(format!("reckon-verify-{name}.md")));
    may_write(&out, arguments.force)?;
    let opened = place.open().await?;
    if let Some(golden) = &golden {
        golden.fits(&opened.checkpoint)?;
    }
    let date = jiff::Zoned::now().datetime().to_string();
    let report = Report { name, about: Vec::new(), texts: Vec::new() };
    let mut work = Work { arguments, place, date, findings: Findings::default(), report };
    let failed = work.verify(opened, golden.as_ref()).await?;
    let Work { findings, report, .. } = work;
    fs::write(&out, report.markdown(&findings)).map_err(|err| format!("{}: {err}", out.display()))?;
    print::line(format_args!("{}; the report is {}", told(&findings), out.display()));
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} of {} checks failed", findings.list.len())),
    }
}

impl Work<'_> {
    /// Makes all checks; gives how many failed.
    async fn verify(&mut self, opened: Opened, golden: Option<&Golden>) -> Result<usize, String> {
        let files = opened.checkpoint.files.clone();
        let config_sha256 = self.config_sha256().await.map_err(|err| err.to_string())?;
        self.about(&opened, config_sha256.as_deref(), golden);
        published::check(&mut self.findings, &opened.checkpoint);
        self.speech(&opened);
        let written = prompts::written(&opened.voice(), &self.date);
        if let Some(golden) = golden {
            let then = golden.date().map(|date| prompts::written(&opened.voice(), date));
            let then = then.as_ref().unwrap_or(&written);
            golden.check_origin(&mut self.findings, config_sha256.as_deref(), then);
        }
        if self.arguments.quick {
            for Written { preset, .. } in &written {
                self.findings.skip(&prompts::what(preset), "", "--quick was given");
            }
            self.findings.skip("logits of the golden", "", "--quick was given");
        } else {
            self.compute(opened, &written, golden).await?;
        }
        self.hashes(&files).await.map_err(|err| err.to_string())?;
        Ok(self.findings.count(Verdict::Fail))
    }

    async fn config_sha256(&self) -> Result<Option<String>, Error> {
        if !self.place.model().is_empty() {
            return Ok(None);
        }
        match self.place.size_bytes("config.json").await? {
            Some(size @ ..=CONFIG_BYTES) => Ok(Some(sha256(&self.place.read("config.json", 0..size).await?))),
            _ => Ok(None),
        }
    }

    fn tell(&mut self, name: &str, value: impl Into<String>) {
        self.report.about.push((name.to_owned(), value.into()));
    }

    fn about(&mut self, opened: &Opened, config_sha256: Option<&str>, golden: Option<&Golden>) {
        let source = match &self.place {
            // Where on a disk a model lies is nobody's business.
            Place::Disk(_) => format!("{}, from a disk", self.report.name),
            Place::Hub(hub) => hub.source(),
            Place::Random(_) => "weights of noise".to_owned(),
        };
        self.tell("model", source);
        self.tell("verified as", published::verified_as(&opened.checkpoint.config));
        let built = option_env!("RECKON_COMMIT").map(|commit| format!(", commit {commit}"));
        self.tell("reckon", format!("{}{}", env!("CARGO_PKG_VERSION"), built.unwrap_or_default()));
        self.tell("date", self.date.split('T').next().unwrap_or_default().to_owned());
        if let Some(sha256) = config_sha256 {
            self.tell("SHA-256 of config.json", sha256);
        }
        if let Some(golden) = golden {
            self.tell("golden", golden.made_by());
        }
    }

    fn speech(&mut self, opened: &Opened) {
        let config = &opened.checkpoint.config;
        match opened.voice() {
            Ok(voice) => {
                vocabulary::check(&mut self.findings, voice, config.vocab_size, config.bos_token_id);
                let written = template::check(&mut self.findings, voice, config.bos_token_id, &self.date);
                let texts =
                    written.into_iter().map(|one| (format!("The template of {}", one.what), one.text));
                self.report.texts.extend(texts);
            }
            Err(err) => self.findings.hold("tokenizer", err, "one that belongs to the model", false),
        }
    }

    async fn compute(
        &mut self,
        opened: Opened,
        written: &[Written],
        golden: Option<&Golden>,
    ) -> Result<(), String> {
        let &Verify { tokens, dtype, computer, .. } = self.arguments;
        let held = opened.checkpoint.held(dtype);
        let tolerance = tolerance(&opened.checkpoint, &held);
        let lengths =
            written.iter().filter_map(|one| Some(one.prompt.as_ref().ok()?.0.len() as u32 + tokens));
        let needed = lengths.chain(golden.map(|golden| golden.ids.len() as u32)).fold(1, u32::max);
        let options = LoadOptions {
            dtype,
            // What is measured is the weights, not the rounding of keys and values.
            kv: tolerance.map(|_| KvDtype::F32),
            context: Some(needed.min(opened.checkpoint.config.max_position_embeddings)),
            ..computer.options()
        };
        let engine = load_opened(&self.place, opened, options).await?;
        self.held_as(&engine, held.dtypes().into_iter().map(checkpoint::Dtype::name).collect());
        let answers = prompts::check(&mut self.findings, &engine, written, (tokens, &self.date)).await?;
        for Answered { name, prompt, outcome } in answers {
            self.report.texts.push((format!("Prompt {name}"), prompt));
            self.report.texts.push((format!("What followed prompt {name}"), outcome.text));
        }
        match golden {
            Some(golden) => golden.check(&mut self.findings, &engine, tolerance).await,
            None => self.findings.skip(
                "logits of the golden",
                "",
                "none was given; tests/golden/verify.py makes one, --golden takes it",
            ),
        }
        Ok(())
    }

    fn held_as(&mut self, engine: &Engine, matrices: Vec<&str>) {
        let description = engine.description();
        self.tell("adapter", description.adapter);
        let matrices = matrices.join(", ");
        self.tell("held as", format!("matrices {matrices}; keys and values {}", description.kv));
        for note in engine.notes() {
            self.tell("note", note.clone());
        }
    }

    /// Of each weight file what a hub tells, against which it was held; of others where it is asked for.
    async fn hashes(&mut self, files: &[WeightFile]) -> Result<(), Error> {
        for WeightFile { name, size_bytes, .. } in files {
            let known = match &self.place {
                Place::Hub(hub) => hub.sha256(name),
                Place::Disk(_) | Place::Random(_) => None,
            };
            let sha256 = match known {
                Some(sha256) => format!("SHA-256 {sha256}"),
                None if self.arguments.hash => {
                    format!("SHA-256 {}", hashes::of_file(&self.place, name, *size_bytes).await?)
                }
                None => "not hashed, --hash does".to_owned(),
            };
            self.tell(name, format!("{size_bytes} bytes, {sha256}"));
        }
        Ok(())
    }
}
