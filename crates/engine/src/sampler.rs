//! How a token is chosen from logits: the definition that every decoder's sampler must equal. A GPU's sums differ from
//! these in their last bits, and so may a token where u times the whole falls on an edge.
//!
//! In this order, all in f32 over the vocabulary but for sums, which are of f32 weights in f64:
//!
//! 1. repetition penalty: logits of tokens that stand in the prompt or were generated are divided by it where positive
//!    and multiplied by it where negative;
//! 2. logit bias is added;
//! 3. temperature 0 takes the largest logit, the lowest id among equals, and is done;
//! 4. logits are divided by the temperature;
//! 5. top-k keeps the k largest, the lower id first among equals;
//! 6. probabilities are taken over what is left; top-p keeps the likeliest, in that order, until their sum reaches p;
//! 7. min-p keeps what has at least that share of the likeliest's probability;
//! 8. the draw walks the kept tokens from the likeliest down until their running sum passes u times the whole,
//!    u = [`uniform`] of seed and step.
//!
//! Source: the order of `LogitsProcessor`s and `LogitsWarper`s of transformers.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Error;

/// What a caller may set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// 0 is greedy.
    pub temperature: f32,
    /// Keep the k largest; `None` keeps all.
    pub top_k: Option<u32>,
    /// Keep the likeliest that together reach p; 1 keeps all.
    pub top_p: f32,
    /// Keep what has at least this share of the likeliest's probability.
    pub min_p: Option<f32>,
    /// 1 is none.
    pub repetition_penalty: f32,
    /// Added to logits, by token id.
    pub logit_bias: BTreeMap<u32, f32>,
    /// The same seed gives the same tokens.
    pub seed: u64,
}

impl Default for Sampling {
    /// The settings of the paper's evaluation: 0.6 and 0.95.
    fn default() -> Self {
        Self {
            temperature: 0.6,
            top_k: None,
            top_p: 0.95,
            min_p: None,
            repetition_penalty: 1.0,
            logit_bias: BTreeMap::new(),
            seed: 0,
        }
    }
}

impl Sampling {
    /// Always the largest logit.
    pub fn greedy() -> Self {
        Self { temperature: 0.0, ..Self::default() }
    }

    fn check(&self) -> Result<(), Error> {
        let fault = |name, found: f32, expected: &str| {
            Err(Error::Option { name, fault: format!("{found}; expected {expected}") })
        };
        if !(0.0..=100.0).contains(&self.temperature) {
            return fault("temperature", self.temperature, "0 to 100");
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return fault("top_p", self.top_p, "more than 0, at most 1");
        }
        if self.top_k == Some(0) {
            return fault("top_k", 0.0, "at least 1, or none");
        }
        if let Some(min_p) = self.min_p.filter(|min_p| !(0.0..=1.0).contains(min_p)) {
            return fault("min_p", min_p, "0 to 1");
        }
        if !(self.repetition_penalty > 0.0 && self.repetition_penalty <= 100.0) {
            return fault("repetition_penalty", self.repetition_penalty, "more than 0, at most 100");
        }
        match self.logit_bias.values().find(|bias| !bias.is_finite()) {
            Some(bias) => fault("logit_bias", *bias, "finite numbers"),
            None => Ok(()),
        }
    }
}

/// Chooses one token after another.
#[derive(Clone, Debug)]
pub struct Sampler {
    sampling: Sampling,
    /// By token id: stands in the text so far.
    seen: Vec<bool>,
    step: u32,
    /// Reused between steps: (logit, id).
    candidates: Vec<(f32, u32)>,
}

impl Sampler {
    /// A sampler after `prompt`.
    ///
    /// # Errors
    /// A setting is out of range.
    pub fn new(sampling: Sampling, prompt: &[u32]) -> Result<Self, Error> {
        sampling.check()?;
        let mut sampler = Self { sampling, seen: Vec::new(), step: 0, candidates: Vec::new() };
        prompt.iter().for_each(|id| sampler.see(*id));
        Ok(sampler)
    }

    /// The token after the position whose `logits`, (V), are given; `None` where one of them is not finite.
    pub fn sample(&mut self, logits: &[f32]) -> Option<u32> {
        if !logits.iter().all(|logit| logit.is_finite()) {
            return None;
        }
        let id = if self.sampling.temperature == 0.0 { self.largest(logits) } else { self.draw(logits) };
        self.accept(id);
        Some(id)
    }

    /// Takes a token that was chosen elsewhere by the same definition.
    pub(crate) fn accept(&mut self, id: u32) {
        self.step += 1;
        self.see(id);
    }

    /// Tokens chosen so far: the step of the next.
    pub(crate) fn step(&self) -> u32 {
        self.step
    }

    /// The same for a GPU, as of now.
    pub(crate) fn for_gpu(&self) -> decoder::Sampling {
        let Sampling { temperature, top_k, top_p, min_p, repetition_penalty, seed, .. } = self.sampling;
        decoder::Sampling {
            temperature,
            top_k,
            top_p,
            min_p,
            repetition_penalty,
            logit_bias: self.sampling.logit_bias.iter().map(|(id, bias)| (*id, *bias)).collect(),
            seed,
            seen: (0..).zip(&self.seen).filter(|(_, is_seen)| **is_seen).map(|(id, _)| id).collect(),
        }
    }

    /// Counts a token as said, for the repetition penalty.
    pub(crate) fn see(&mut self, id: u32) {
        let id = id as usize;
        if self.seen.len() <= id {
            self.seen.resize(id + 1, false);
        }
        self.seen[id] = true;
    }

    /// A logit after penalty and bias.
    fn adjusted(&self, id: usize, logit: f32) -> f32 {
        let penalty = self.sampling.repetition_penalty;
        let penalised = match self.seen.get(id) {
            Some(true) if logit > 0.0 => logit / penalty,
            Some(true) => logit * penalty,
            _ => logit,
        };
        match self.sampling.logit_bias.is_empty() {
            true => penalised,
            false => penalised + self.sampling.logit_bias.get(&(id as u32)).copied().unwrap_or(0.0),
        }
    }

    fn largest(&self, logits: &[f32]) -> u32 {
        let mut best = (f32::NEG_INFINITY, 0);
        for (id, logit) in logits.iter().enumerate() {
            let logit = self.adjusted(id, *logit);
            if logit > best.0 {
                best = (logit, id as u32);
            }
        }
        best.1
    }

    fn draw(&mut self, logits: &[f32]) -> u32 {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        let warm =
            |(id, logit): (usize, &f32)| (self.adjusted(id, *logit) / self.sampling.temperature, id as u32);
        candidates.extend(logits.iter().enumerate().map(warm));
        let falling = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if let Some(k) = self.sampling.top_k.map(|k| k as usize).filter(|k| *k < candidates.len()) {
            candidates.select_nth_unstable_by(k - 1, falling);
            candidates.truncate(k);
        }
        candidates.sort_unstable_by(falling);
        let largest = candidates[0].0;
        candidates.iter_mut().for_each(|(logit, _)| *logit = (*logit - largest).exp());
        let whole =
            |candidates: &[(f32, u32)]| candidates.iter().map(|(weight, _)| f64::from(*weight)).sum::<f64>();
        if self.sampling.top_p < 1.0 {
            let mark = f64::from(self.sampling.top_p) * whole(&candidates);
            let mut sum = 0.0;
            let reached = candidates.iter().position(|(weight, _)| {
                sum += f64::from(*weight);
                sum >= mark
            });
            candidates.truncate(reached.map_or(candidates.len(), |last| last + 1));
        }
        if let Some(min_p) = self.sampling.min_p {
            // The likeliest has weight 1.
            candidates.truncate(candidates.partition_point(|(weight, _)| *weight >= min_p).max(1));
        }
        let mark = f64::from(uniform(self.sampling.seed, self.step)) * whole(&candidates);
        let mut sum = 0.0;
        let chosen = candidates.iter().find(|(weight, _)| {
            sum += f64::from(*weight);
            sum > mark
        });
        let id = chosen.or(candidates.last()).map_or(0, |(_, id)| *id);
        self.candidates = candidates;
        id
    }
}

/// A number in [0, 1) that depends on nothing but seed and step, in 32-bit arithmetic a GPU repeats exactly.
///
/// Source: Salmon et al. 2011, Philox2x32 with ten rounds; the upper 24 bits of the first word.
pub fn uniform(seed: u64, step: u32) -> f32 {
    let (mut left, mut right, mut key) = (step, (seed >> 32) as u32, seed as u32);
    for _ in 0..10 {
        let product = u64::from(left) * 0xD256_D193;
        left = (product >> 32) as u32 ^ key ^ right;
        right = product as u32;
        key = key.wrapping_add(0x9E37_79B9);
    }
    (left >> 8) as f32 / (1 << 24) as f32
}

#[cfg(test)]
mod on_gpu;

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(sampling: &Sampling, logits: &[f32], draws: u64) -> Vec<u32> {
        let mut counts = vec![0; logits.len()];
        for seed in 0..draws {
            let sampling = Sampling { seed, ..sampling.clone() };
            counts[Sampler::new(sampling, &[]).unwrap().sample(logits).unwrap() as usize] += 1;
        }
        counts
    }

    fn open() -> Sampling {
        Sampling { temperature: 1.0, top_p: 1.0, ..Sampling::default() }
    }

    #[test]
    fn greedy_takes_the_lowest_id_among_equals() {
        let mut sampler = Sampler::new(Sampling::greedy(), &[]).unwrap();
        assert_eq!(sampler.sample(&[0.5, 2.0, 2.0, -1.0]), Some(1));
    }

    #[test]
    fn draws_follow_the_softmax() {
        let logits = [1.0_f32, 0.0, -1.0, 2.0, 0.5];
        let total: f32 = logits.iter().map(|l| l.exp()).sum();
        let draws = 20_000;
        let chi_square: f32 = counts(&open(), &logits, draws)
            .iter()
            .zip(logits)
            .map(|(count, logit)| {
                let expected = logit.exp() / total * draws as f32;
                (*count as f32 - expected).powi(2) / expected
            })
            .sum();
        // 4 degrees of freedom: beyond 18.5 once in a thousand.
        assert!(chi_square < 18.5, "{chi_square}");
    }

    #[test]
    fn top_k_top_p_and_min_p_cut_where_they_say() {
        let logits = [0.5_f32.ln(), 0.3_f32.ln(), 0.15_f32.ln(), 0.05_f32.ln()];
        let kept = |sampling: Sampling| -> Vec<bool> {
            counts(&sampling, &logits, 400).iter().map(|count| *count > 0).collect()
        };
        assert_eq!(kept(Sampling { top_k: Some(2), ..open() }), [true, true, false, false]);
        assert_eq!(kept(Sampling { top_p: 0.79, ..open() }), [true, true, false, false]);
        assert_eq!(kept(Sampling { top_p: 0.01, ..open() }), [true, false, false, false]);
        assert_eq!(kept(Sampling { min_p: Some(0.29), ..open() }), [true, true, true, false]);
        assert_eq!(kept(Sampling { min_p: Some(1.0), ..open() }), [true, false, false, false]);
    }

    #[test]
    fn a_penalty_holds_for_prompt_and_generated_tokens() {
        let sampling = Sampling { repetition_penalty: 2.0, ..Sampling::greedy() };
        let mut sampler = Sampler::new(sampling, &[0]).unwrap();
        let logits = [3.0, 2.0, 1.9, -1.0];
        let tokens: Vec<_> = (0..3).map(|_| sampler.sample(&logits).unwrap()).collect();
        assert_eq!(tokens, [1, 2, 0]);
    }

    #[test]
    fn a_bias_decides() {
        let sampling = Sampling { logit_bias: BTreeMap::from([(2, 100.0)]), ..open() };
        assert_eq!(Sampler::new(sampling, &[]).unwrap().sample(&[5.0, 1.0, 0.0]), Some(2));
    }

    #[test]
    fn the_same_seed_gives_the_same_tokens_and_another_others() {
        let logits: Vec<f32> = (0..100).map(|i| (i % 7) as f32 * 0.1).collect();
        let run = |seed| -> Vec<u32> {
            let mut sampler = Sampler::new(Sampling { seed, ..open() }, &[]).unwrap();
            (0..20).map(|_| sampler.sample(&logits).unwrap()).collect()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn logits_that_are_no_numbers_give_no_token() {
        for bad in [f32::NAN, f32::INFINITY] {
            assert_eq!(Sampler::new(open(), &[]).unwrap().sample(&[0.0, bad]), None);
        }
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for sampling in [
            Sampling { temperature: -1.0, ..open() },
            Sampling { temperature: f32::NAN, ..open() },
            Sampling { top_p: 0.0, ..open() },
            Sampling { top_p: 1.1, ..open() },
            Sampling { top_k: Some(0), ..open() },
            Sampling { min_p: Some(2.0), ..open() },
            Sampling { repetition_penalty: 0.0, ..open() },
            Sampling { logit_bias: BTreeMap::from([(0, f32::NAN)]), ..open() },
        ] {
            assert!(matches!(Sampler::new(sampling, &[]), Err(Error::Option { .. })));
        }
    }
}
