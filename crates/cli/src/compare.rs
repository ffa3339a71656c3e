//! `reckon compare`: what a model loses against another, on a text.

use std::fmt;

use engine::{Engine, LoadOptions, Prompt, Session};
use serde::Serialize;

use crate::arguments;
use crate::load::load;
use crate::print;

/// Most tokens that are read in one go; each stretch begins anew, so that neither model needs a long cache.
const STRETCH: usize = 256;

/// What a model loses.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Tokens that were foretold.
    pub tokens: usize,
    /// e to the mean negative log-likelihood of the text, by the model.
    pub perplexity: f64,
    /// The same by the model it is held against.
    pub base_perplexity: f64,
    /// Mean divergence of Kullback and Leibler of the model from the other, in nats a token.
    pub kl: f64,
    /// Its standard error.
    pub kl_standard_error: f64,
    /// Share of tokens for which both find the same likeliest.
    pub same_top: f64,
}

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &arguments::Compare) -> Result<(), String> {
    let comparison = compare(arguments).await?;
    match arguments.json {
        true => print::line(serde_json::to_string_pretty(&comparison).map_err(|err| err.to_string())?),
        false => print::line(comparison),
    }
    Ok(())
}

/// Holds one model against the other on a text.
///
/// # Errors
/// One readable line.
pub async fn compare(asked: &arguments::Compare) -> Result<Comparison, String> {
    let arguments::Compare { model, base, text, tokens, computer, offline, .. } = asked;
    let name = text.display();
    let text = std::fs::read_to_string(text).map_err(|err| format!("{name}: {err}"))?;
    let options = || LoadOptions { context: Some(STRETCH as u32), ..computer.options() };
    let base = load(base, *offline, options()).await?;
    let mut ids = base.tokens(&Prompt::Raw(text), None).map_err(|err| format!("{name}: {err}"))?;
    ids.truncate(*tokens as usize);
    if ids.len() < 2 {
        return Err(format!("{name}: {} tokens; give a text of at least two", ids.len()));
    }
    let model = load(model, *offline, options()).await?;
    let (found, expected) = (model.description().vocab_size, base.description().vocab_size);
    if found != expected {
        return Err(format!(
            "{found} tokens in one vocabulary and {expected} in the other: they cannot be compared"
        ));
    }
    let mut sums = Sums::default();
    // A file may hold many texts, a conversation each, say; none is foretold from the one before.
    let texts = ids.chunk_by(|_, next| Some(*next) != base.bos_token_id());
    for stretch in texts.flat_map(|text| text.chunks(STRETCH)) {
        let expected = log_likelihoods(&base, stretch).await?;
        let found = log_likelihoods(&model, stretch).await?;
        for ((expected, found), next) in expected.iter().zip(&found).zip(&stretch[1..]) {
            sums.add(expected, found, *next as usize);
        }
    }
    Ok(sums.comparison())
}

/// Logarithms of what the model holds likely after each token of `ids`, (T, V).
async fn log_likelihoods(engine: &Engine, ids: &[u32]) -> Result<Vec<Vec<f32>>, String> {
    let mut session = Session::open(engine).await.map_err(|err| err.to_string())?;
    let mut rows = Vec::new();
    let mut keep = |logits: &[f32]| rows.push(log_softmax(logits));
    session.logits(ids, None, &mut keep).await.map_err(|err| err.to_string())?;
    Ok(rows)
}

/// Logarithms of the probabilities that logits stand for, (V).
pub fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - largest).exp()).sum();
    let log_sum = f64::from(largest) + sum.ln();
    logits.iter().map(|logit| (f64::from(*logit) - log_sum) as f32).collect()
}

/// Divergence of Kullback and Leibler of `model` from `base`, both as [`log_softmax`] gives them, in nats.
pub fn divergence(base: &[f32], model: &[f32]) -> f64 {
    base.iter().zip(model).map(|(p, q)| f64::from(*p).exp() * f64::from(p - q)).sum()
}

#[derive(Default)]
struct Sums {
    base: f64,
    model: f64,
    kl: Vec<f64>,
    same: usize,
}

impl Sums {
    fn add(&mut self, base: &[f32], model: &[f32], next: usize) {
        self.base -= f64::from(base[next]);
        self.model -= f64::from(model[next]);
        self.kl.push(divergence(base, model));
        self.same += usize::from(likeliest(base) == likeliest(model));
    }

    fn comparison(&self) -> Comparison {
        let tokens = self.kl.len();
        let n = tokens as f64;
        let kl = self.kl.iter().sum::<f64>() / n;
        let variance = self.kl.iter().map(|one| (one - kl).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        Comparison {
            tokens,
            perplexity: (self.model / n).exp(),
            base_perplexity: (self.base / n).exp(),
            kl,
            kl_standard_error: (variance / n).sqrt(),
            same_top: self.same as f64 / n,
        }
    }
}

/// Which of a row is largest.
pub fn likeliest(row: &[f32]) -> Option<usize> {
    (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b]))
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tokens, perplexity, base_perplexity, kl, kl_standard_error, same_top } = self;
        writeln!(f, "over {tokens} tokens, in stretches of at most {STRETCH}")?;
        writeln!(f, "perplexity   {perplexity:.4}, {base_perplexity:.4} before")?;
        writeln!(f, "divergence   {kl:.6} +- {kl_standard_error:.6} nats a token")?;
        write!(f, "same top     {:.2} % of tokens", 100.0 * same_top)
    }
}
