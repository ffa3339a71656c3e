//! Logits that transformers computed for the same model, and how near ours are.
//!
//! A golden is a safetensors file that `tests/golden/verify.py` writes: `ids` i32 [T], `positions` i32 [P], `logits`
//! f32 [P, V], and in its metadata how it came to be.

use std::collections::HashMap;
use std::path::Path;

use checkpoint::{Checkpoint, Dtype, Held};
use engine::{Engine, Session};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype as FileType, TensorView};
use serde::Deserialize;

use super::finding::Findings;
use super::prompts::Written;
use crate::compare::{divergence, likeliest, log_softmax};

/// Of the largest logit: f32 sums in another order cost SmolLM2 6e-6 over its 30 layers, a wrong epsilon in one norm
/// already 1e-3.
const F32_TOLERANCE: f32 = 1e-4;
/// Weights rounded to 11 bits, 5e-4 each: 2.4e-3 of the largest logit was the most that models of random weights lost.
const F16_TOLERANCE: f32 = 1e-2;
/// Weights rounded to 8 bits, 4e-3 each: 2.0e-2 was the most.
const BF16_TOLERANCE: f32 = 8e-2;

/// What a golden file holds.
pub struct Golden {
    /// The input, (T).
    pub ids: Vec<u32>,
    /// Which positions' logits are known, (P).
    positions: Vec<usize>,
    /// Those logits, (P, V).
    logits: Vec<f32>,
    about: HashMap<String, String>,
}

/// A prompt as transformers reads it.
#[derive(Deserialize)]
struct PromptIds {
    name: String,
    ids: Vec<u32>,
}

impl Golden {
    /// Reads a golden.
    ///
    /// # Errors
    /// It is not there, or not what the script writes.
    pub fn read(path: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|err| format!("{}: {err}", path.display()))?;
        Self::parse(&bytes).map_err(|fault| {
            format!("{}: {fault}; a golden is what tests/golden/verify.py writes", path.display())
        })
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|err| err.to_string())?;
        let arrays = SafeTensors::deserialize(bytes).map_err(|err| err.to_string())?;
        let array = |name: &str, dtype, dimensions: usize| -> Result<TensorView<'_>, String> {
            let array = arrays.tensor(name).map_err(|err| err.to_string())?;
            match array.dtype() == dtype && array.shape().len() == dimensions {
                true => Ok(array),
                false => Err(format!("{name} is {:?} of shape {:?}", array.dtype(), array.shape())),
            }
        };
        let whole = |name: &str| -> Result<Vec<u32>, String> {
            let words = words(&array(name, FileType::I32, 1)?).into_iter().map(i32::from_le_bytes);
            words.map(|id| u32::try_from(id).map_err(|_| format!("{name} has {id}"))).collect()
        };
        let (ids, positions) = (whole("ids")?, whole("positions")?);
        let logits = array("logits", FileType::F32, 2)?;
        if logits.shape()[0] != positions.len() || positions.is_empty() {
            return Err(format!("logits of {} positions, and {} named", logits.shape()[0], positions.len()));
        }
        if let Some(position) = positions.iter().find(|position| ids.len() <= **position as usize) {
            return Err(format!("position {position} of {} ids", ids.len()));
        }
        let logits: Vec<f32> = words(&logits).into_iter().map(f32::from_le_bytes).collect();
        if !logits.iter().all(|logit| logit.is_finite()) {
            return Err("logits that are not finite".to_owned());
        }
        let positions = positions.into_iter().map(|position| position as usize).collect();
        Ok(Self { ids, positions, logits, about: header.metadata().clone().unwrap_or_default() })
    }

    /// The moment it was made, for templates that name the day.
    pub fn date(&self) -> Option<&str> {
        self.about.get("date").map(String::as_str)
    }

    /// What made it: libraries and their versions.
    pub fn made_by(&self) -> &str {
        self.about.get("libraries").map_or("it does not say", String::as_str)
    }

    /// Refuses a golden of another vocabulary, or one longer than the model reads.
    ///
    /// # Errors
    /// It is one.
    pub fn fits(&self, checkpoint: &Checkpoint) -> Result<(), String> {
        let (v, most) = (checkpoint.config.vocab_size, checkpoint.config.max_position_embeddings);
        let found = self.logits.len() / self.positions.len();
        if found != v as usize {
            return Err(format!(
                "--golden: logits of {found} tokens, and the model has {v}; it is of another"
            ));
        }
        if self.ids.len() > most as usize {
            return Err(format!("--golden: {} ids, and the model has {most} positions", self.ids.len()));
        }
        Ok(())
    }

    /// Checks that it was made from this `config.json`, and that its prompts read as ours do.
    pub fn check_origin(&self, findings: &mut Findings, config_sha256: Option<&str>, written: &[Written]) {
        match (config_sha256, self.about.get("config_sha256")) {
            (Some(found), expected @ Some(_)) => findings.equal("config.json of the golden", found, expected),
            _ => findings.skip("config.json of the golden", "", "the model or the golden has none"),
        }
        let theirs: Vec<PromptIds> =
            self.about.get("prompts").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        for Written { preset, prompt } in written {
            let what = format!("ids of prompt {}, transformers'", preset.name);
            let theirs = theirs.iter().find(|one| one.name == preset.name).map(|one| &one.ids);
            match (prompt, theirs) {
                (Ok((ids, _)), Some(theirs)) => {
                    let same = ids.iter().zip(theirs).take_while(|(a, b)| a == b).count();
                    let found = format!("{} tokens, {same} the same from the start", ids.len());
                    findings.hold(&what, found, format!("{} tokens", theirs.len()), ids == theirs);
                }
                _ => findings.skip(&what, "", "the golden or the model has none"),
            }
        }
    }

    /// Holds the model's logits against these, within `tolerance` of the largest; tells alone where there is none.
    pub async fn check(&self, findings: &mut Findings, engine: &Engine, tolerance: Option<f32>) {
        let what = "logits of the golden";
        let found = match self.logits(engine).await {
            Ok(found) => found,
            Err(fault) => return findings.hold(what, fault, "logits", false),
        };
        let figures = Figures::of(&found, &self.logits, self.logits.len() / self.positions.len());
        match tolerance {
            _ if !figures.worst.is_finite() => findings.hold(what, figures.told(), "finite logits", false),
            Some(most) => {
                let expected = format!("at most {most:.0e} of the largest logit");
                findings.hold(what, figures.told(), expected, figures.worst <= most);
            }
            None => findings.skip(what, figures.told(), "no limit: matrices are quantised"),
        }
    }

    /// Logits at its positions, (P, V).
    async fn logits(&self, engine: &Engine) -> Result<Vec<f32>, String> {
        let mut session = Session::open(engine).await.map_err(|err| err.to_string())?;
        let mut rows: HashMap<usize, Vec<f32>> = HashMap::new();
        let mut position = 0;
        let mut keep = |row: &[f32]| {
            if self.positions.contains(&position) {
                rows.insert(position, row.to_vec());
            }
            position += 1;
        };
        session.logits(&self.ids, None, &mut keep).await.map_err(|err| err.to_string())?;
        Ok(self.positions.iter().flat_map(|position| rows[position].iter().copied()).collect())
    }
}

fn words(array: &TensorView<'_>) -> Vec<[u8; 4]> {
    array.data().as_chunks().0.to_vec()
}

/// How far logits may be from those of the published values, of the largest; `None` where matrices are quantised.
pub fn tolerance(checkpoint: &Checkpoint, held: &Held) -> Option<f32> {
    let mut most = Some(F32_TOLERANCE);
    for tensor in checkpoint.tensors.iter().filter(|tensor| !tensor.role.is_vector()) {
        let (own, held) = (tensor.dtype.held(), held.dtype(tensor.role, tensor.layer));
        // transformers read the same folder; of a GGUF it is not known what was rounded before.
        let rounded = [(own, checkpoint.gguf.is_some()), (held, held != own)];
        for (dtype, _) in rounded.into_iter().filter(|(_, is_rounded)| *is_rounded) {
            let one = match dtype {
                Dtype::F32 => Some(F32_TOLERANCE),
                Dtype::F16 => Some(F16_TOLERANCE),
                Dtype::Bf16 => Some(BF16_TOLERANCE),
                _ => None,
            };
            most = most.zip(one).map(|(a, b)| a.max(b));
        }
    }
    most
}

/// How far logits are from what they must be.
struct Figures {
    /// Largest difference, of the largest expected logit.
    worst: f32,
    rows: usize,
    same_top: usize,
    /// Mean divergence, in nats.
    kl: f64,
}

impl Figures {
    fn of(found: &[f32], expected: &[f32], vocab_size: usize) -> Self {
        let largest = expected.iter().fold(0.0_f32, |largest, logit| largest.max(logit.abs()));
        let mut figures = Self { worst: 0.0, rows: 0, same_top: 0, kl: 0.0 };
        for (found, expected) in found.chunks_exact(vocab_size).zip(expected.chunks_exact(vocab_size)) {
            for (found, expected) in found.iter().zip(expected) {
                let far = (found - expected).abs() / largest;
                figures.worst = figures.worst.max(if far.is_nan() { f32::INFINITY } else { far });
            }
            figures.rows += 1;
            figures.same_top += usize::from(likeliest(found) == likeliest(expected));
            figures.kl += divergence(&log_softmax(expected), &log_softmax(found)).max(0.0);
        }
        figures.kl /= figures.rows as f64;
        figures
    }

    fn told(&self) -> String {
        let Self { worst, rows, same_top, kl } = self;
        format!(
            "{worst:.2e} of the largest logit, the same likeliest at {same_top} of {rows} positions, {kl:.2e} nats"
        )
    }
}
