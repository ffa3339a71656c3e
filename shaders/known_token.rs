//! The two kernels that choose a token, held against the walk that they stand for.

use bytemuck::{Zeroable, bytes_of, cast_slice};
use gpu::{Error, Readback, Usage};

use crate::known_answer::Bench;
use crate::noise::Noise;
use crate::rank_logits::Bias;
use crate::truth::{self, Choice};
use crate::{Sampling, Step, rank_logits, sample};

/// Sums of f32 weights lie so close to those in f64, relative to the whole: a draw nearer to the edge of a token's share
/// may fall to its neighbour.
pub(crate) const MARGIN: f64 = 1e-5;

/// Logits in [-12, 12), with nothing seen and no bias.
pub(crate) fn noisy(sampling: Sampling) -> Choice {
    let vocab_size = sampling.vocab_size as usize;
    let logits = Noise::new(7).floats(vocab_size).into_iter().map(|logit| logit * 12.0).collect();
    Choice { sampling, logits, seen: vec![0; vocab_size.div_ceil(32)], biases: Vec::new() }
}

impl Bench<'_> {
    /// Tokens of the draws 0 to `draws`, all of them from the same logits.
    pub(crate) async fn tokens(&self, choice: &Choice, draws: u32) -> Result<Vec<u32>, Error> {
        let (device, tiles) = (self.device, choice.sampling.tiles);
        let room = async |size_bytes: u64| device.buffer("a known token", size_bytes, Usage::Storage).await;
        let sampling = Sampling { biases: choice.biases.len() as u32, ..choice.sampling };
        let uniform = self.uniform(sampling).await?;
        let biases = if choice.biases.is_empty() { &[Bias::zeroed()] } else { &choice.biases[..] };
        let seen = self.storage(cast_slice(&choice.seen)).await?;
        let candidates = room(rank_logits::candidates_bytes(tiles)).await?;
        let tiles_buffer = room(rank_logits::tiles_bytes(tiles)).await?;
        let ring = room(u64::from(draws) * 4).await?;
        let buffers = rank_logits::Buffers {
            sampling: &uniform,
            logits: &self.storage(cast_slice(&choice.logits)).await?,
            seen: &seen,
            biases: &self.storage(cast_slice(biases)).await?,
            candidates: &candidates,
            tiles: &tiles_buffer,
        };
        let mut frame = device.frame();
        let group = self.kernels.rank_logits.bind(device, &buffers);
        self.kernels.rank_logits.record(&mut frame, &group, tiles);
        frame.submit(device);
        let step = self.uniform(Step::default()).await?;
        let buffers = sample::Buffers {
            sampling: &uniform,
            step: &step,
            candidates: &candidates,
            tiles: &tiles_buffer,
            spans: &room(sample::spans_bytes(tiles)).await?,
            seen: &seen,
            ids: &room(4).await?,
            ring: &ring,
        };
        let group = self.kernels.sample.bind(device, &buffers);
        for draw in 0..draws {
            device.write(&step, 0, bytes_of(&Step { draw, slot: draw, ..Step::default() }));
            let mut frame = device.frame();
            self.kernels.sample.record(&mut frame, &group);
            frame.submit(device);
        }
        let size_bytes = u64::from(draws) * 4;
        let readback = Readback::new(device, "a known token", size_bytes).await?;
        let mut frame = device.frame();
        frame.read_back(&ring, &readback, size_bytes);
        frame.submit(device);
        readback.read(device, size_bytes, |bytes| cast_slice(bytes).to_vec()).await
    }

    /// Holds `draws` tokens against what they must be, but for draws that fall on an edge.
    pub(crate) async fn sample(&self, choice: &Choice, draws: u32) -> Result<(), Error> {
        let tokens = self.tokens(choice, draws).await?;
        let is_wrong = |(draw, found): (u32, &u32)| {
            let (id, margin) = truth::sample(choice, draw);
            *found != id && margin > MARGIN
        };
        match (0..draws).zip(&tokens).filter(|pair| is_wrong(*pair)).count() {
            0 => Ok(()),
            wrong => Err(Error::WrongAnswer {
                kernel: "sample".to_owned(),
                adapter: self.device.adapter().name.clone(),
                found: format!("{wrong} of {draws} tokens"),
                expected: "none".to_owned(),
            }),
        }
    }

    /// As [`Bench::sample`], with the least and with the most that can be asked for.
    pub(crate) async fn sample_at_both_ends(&self) -> Result<(), Error> {
        self.sample(&noisy(Sampling::greedy(2500)), 1).await?;
        self.sample(&adjusted(every_limit(2500)), 3).await
    }

    /// As [`Bench::sample`], with every setting by itself, and all of them with what was seen and with biases.
    #[cfg(test)]
    pub(crate) async fn sample_in_every_way(&self, vocab_size: u32, draws: u32) -> Result<(), Error> {
        let greedy = Sampling::greedy(vocab_size);
        let open = Sampling { temperature: 0.7, seed_low: 5, seed_high: 9, ..greedy };
        for sampling in [
            greedy,
            open,
            Sampling { top_k: 20.min(vocab_size / 2), ..open },
            Sampling { top_p: 0.9, ..open },
            Sampling { ln_min_p: 0.02_f32.ln(), ..open },
            every_limit(vocab_size),
        ] {
            self.sample(&noisy(sampling), draws).await?;
            self.sample(&adjusted(sampling), draws).await?;
        }
        Ok(())
    }
}

/// Drawn within all limits at once.
fn every_limit(vocab_size: u32) -> Sampling {
    Sampling {
        temperature: 2.0,
        top_k: vocab_size / 2,
        top_p: 0.8,
        ln_min_p: 0.1_f32.ln(),
        seed_low: 5,
        seed_high: 9,
        ..Sampling::greedy(vocab_size)
    }
}

/// As [`noisy`], half of it seen, and with biases.
fn adjusted(sampling: Sampling) -> Choice {
    let mut choice = noisy(Sampling { repetition_penalty: 1.3, ..sampling });
    choice.seen.iter_mut().for_each(|word| *word = 0x5A5A_0FF0);
    let vocab_size = sampling.vocab_size;
    let biases = [(0, 3.0), (vocab_size / 2 + 1, 9.5), (vocab_size + 5, 50.0)];
    choice.biases = biases.map(|(id, bias)| Bias { id, bias }).to_vec();
    choice
}
