//! Tokens chosen on the GPU, each the input of the pass after it, and on their way to the host one behind another.

use std::collections::VecDeque;

use bytemuck::{bytes_of, cast_slice};
use gpu::{Asked, BindGroup, Buffer, Frame, Readback, Submission, Usage};
use kernels::rank_logits::{Bias, candidates_bytes, tiles_bytes};
use kernels::sample::{NOT_FINITE, spans_bytes};
use kernels::{rank_logits, sample};

use crate::groups::Activations;
use crate::{Decoder, Error};

/// Most logits with a bias that are counted on the GPU.
const BIASES: usize = 1024;
/// Passes in flight: one that runs and one that waits, more where their tokens come back several at once.
const LEAST_IN_FLIGHT: usize = 2;
const MOST_IN_FLIGHT: usize = 4;
/// Places of the ring: a readback that was given up may not be asked again before its pass is done, and the first token that
/// is taken tells that of all passes before.
const SLOTS: usize = 2 * MOST_IN_FLIGHT;
/// Tokens that come back alone before one pass fewer is sent ahead.
const PATIENCE: u32 = 16;

/// How tokens are chosen, as the engine's sampler defines it.
#[derive(Clone, Debug)]
pub struct Sampling {
    /// 0 takes the largest logit.
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
    pub logit_bias: Vec<(u32, f32)>,
    /// The same seed gives the same tokens.
    pub seed: u64,
    /// Ids that stand in the text so far.
    pub seen: Vec<u32>,
}

/// What chooses a timeline's tokens.
pub(crate) struct Chooser {
    settings: kernels::Sampling,
    sampling: Buffer,
    seen: Buffer,
    biases: Buffer,
    ring: Buffer,
    rank_logits: BindGroup,
    sample: BindGroup,
    /// One for each place of the ring.
    readbacks: Vec<Readback>,
    /// Slots whose tokens were not taken yet, in their order.
    in_flight: VecDeque<(usize, Asked)>,
    next_slot: usize,
    depth: usize,
    /// Tokens that have come back alone, one after another.
    alone: u32,
}

impl Sampling {
    /// Whether the GPU is to choose so. Where it is a program on the processor, all logits are near, and it takes 20 ms to
    /// put 50,000 of them in order: several times as long as the sampler that is no shader.
    pub fn fits(&self, decoder: &Decoder) -> bool {
        let is_cheap = self.temperature == 0.0 || !decoder.adapter().is_software;
        is_cheap && self.logit_bias.len() <= BIASES
    }
}

impl Chooser {
    pub(crate) async fn new(decoder: &Decoder, activations: &Activations) -> Result<Self, Error> {
        let (device, kernels) = (&decoder.device, &decoder.kernels);
        let settings = kernels::Sampling::greedy(decoder.config.vocab_size);
        let tiles = settings.tiles;
        let room =
            async |label: &str, size_bytes: u64| device.buffer(label, size_bytes, Usage::Storage).await;
        let sampling = device.upload("sampling", bytes_of(&settings), Usage::Uniform).await?;
        let seen = room("seen", u64::from(settings.vocab_size.div_ceil(32)) * 4).await?;
        let biases = room("biases", (BIASES * size_of::<Bias>()) as u64).await?;
        let ring = room("chosen", SLOTS as u64 * 4).await?;
        let candidates = room("candidates", candidates_bytes(tiles)).await?;
        let tiles_buffer = room("tiles", tiles_bytes(tiles)).await?;
        let rank_logits = kernels.rank_logits.bind(
            device,
            &rank_logits::Buffers {
                sampling: &sampling,
                logits: &activations.logits,
                seen: &seen,
                biases: &biases,
                candidates: &candidates,
                tiles: &tiles_buffer,
            },
        );
        let sample = kernels.sample.bind(
            device,
            &sample::Buffers {
                sampling: &sampling,
                step: &activations.step,
                candidates: &candidates,
                tiles: &tiles_buffer,
                spans: &room("spans", spans_bytes(tiles)).await?,
                seen: &seen,
                ids: &activations.ids,
                ring: &ring,
            },
        );
        let mut readbacks = Vec::new();
        for _ in 0..SLOTS {
            readbacks.push(Readback::new(device, "chosen, read back", ring.size_bytes()).await?);
        }
        Ok(Self {
            settings,
            sampling,
            seen,
            biases,
            ring,
            rank_logits,
            sample,
            readbacks,
            in_flight: VecDeque::new(),
            next_slot: 0,
            depth: first_depth(decoder),
            alone: 0,
        })
    }

    /// Chooses as `sampling` says from now on.
    pub(crate) fn set(&mut self, decoder: &Decoder, sampling: &Sampling) {
        let vocab_size = self.settings.vocab_size;
        let biases: Vec<Bias> = sampling.logit_bias.iter().map(|&(id, bias)| Bias { id, bias }).collect();
        let mut seen = vec![0_u32; vocab_size.div_ceil(32) as usize];
        let known = sampling.seen.iter().filter(|id| **id < vocab_size);
        known.for_each(|id| seen[*id as usize / 32] |= 1 << (id % 32));
        decoder.device.write(&self.seen, 0, cast_slice(&seen));
        decoder.device.write(&self.biases, 0, cast_slice(&biases));
        self.settings = kernels::Sampling {
            biases: biases.len() as u32,
            temperature: sampling.temperature,
            repetition_penalty: sampling.repetition_penalty,
            top_k: sampling.top_k.filter(|k| *k < vocab_size).unwrap_or(0),
            top_p: sampling.top_p,
            // The logarithm of 0 is no finite number, and 0 keeps all.
            ln_min_p: sampling.min_p.filter(|min_p| *min_p > 0.0).map_or(1.0, f32::ln),
            seed_low: sampling.seed as u32,
            seed_high: (sampling.seed >> 32) as u32,
            ..self.settings
        };
        decoder.device.write(&self.sampling, 0, bytes_of(&self.settings));
    }

    /// Where in the ring the next token lands.
    pub(crate) fn slot(&self) -> u32 {
        self.next_slot as u32
    }

    /// Records the choice of a token, the one that the step names, from the first row of logits; [`Chooser::ask`] follows
    /// the submit.
    ///
    /// # Panics
    /// As many passes are in flight as may be: a mistake of the caller.
    pub(crate) fn record(&mut self, decoder: &Decoder, frame: &mut Frame) {
        assert!(self.in_flight.len() < MOST_IN_FLIGHT, "{MOST_IN_FLIGHT} passes are in flight already");
        self.rank(decoder, frame);
        self.sample(decoder, frame);
        frame.read_back(&self.ring, &self.readbacks[self.next_slot], self.ring.size_bytes());
    }

    /// Records the first half of a choice.
    pub(crate) fn rank(&self, decoder: &Decoder, frame: &mut Frame) {
        decoder.kernels.rank_logits.record(frame, &self.rank_logits, self.settings.tiles);
    }

    /// Records the second half.
    pub(crate) fn sample(&self, decoder: &Decoder, frame: &mut Frame) {
        decoder.kernels.sample.record(frame, &self.sample);
    }

    /// Asks for the token that was recorded last.
    pub(crate) fn ask(&mut self, submission: Submission) {
        let asked = self.readbacks[self.next_slot].ask(self.ring.size_bytes(), Some(submission));
        self.in_flight.push_back((self.next_slot, asked));
        self.next_slot = (self.next_slot + 1) % SLOTS;
    }

    /// Passes whose tokens were not taken.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Whether one pass more in flight is of use.
    pub(crate) fn is_hungry(&self) -> bool {
        self.in_flight.len() < self.depth
    }

    /// Waits for the token that is to be taken next.
    pub(crate) async fn arrive(&mut self, decoder: &Decoder) -> Result<(), Error> {
        let (_, asked) = self.in_flight.front_mut().expect("a pass is in flight where its token is awaited");
        Ok(asked.arrive(&decoder.device).await?)
    }

    /// Waits for the next token, and takes it; `None` where its logits were not finite.
    pub(crate) async fn take(&mut self, decoder: &Decoder) -> Result<Option<u32>, Error> {
        self.arrive(decoder).await?;
        let (slot, _) = self.in_flight.pop_front().expect("what has arrived was in flight");
        let word = |bytes: &[u8]| cast_slice::<u8, u32>(bytes)[slot];
        let id = self.readbacks[slot].look(self.ring.size_bytes(), word)?;
        self.adapt();
        Ok((id != NOT_FINITE).then_some(id))
    }

    /// Where the next token is here as well, the GPU may have waited for the host in between.
    fn adapt(&mut self) {
        let Some((_, next)) = self.in_flight.front() else { return };
        if next.is_here() {
            self.alone = 0;
            self.depth = MOST_IN_FLIGHT.min(self.depth + 1);
        } else {
            self.alone += 1;
            if self.alone == PATIENCE {
                self.alone = 0;
                self.depth = LEAST_IN_FLIGHT.max(self.depth - 1);
            }
        }
    }

    /// Forgets what is in flight.
    pub(crate) fn forget(&mut self) {
        for (slot, _) in self.in_flight.drain(..) {
            self.readbacks[slot].give_up();
        }
    }
}

/// A program on the processor keeps whoever sends a pass ahead from it until the one before is done; a browser sends from
/// another process.
fn first_depth(decoder: &Decoder) -> usize {
    if decoder.adapter().is_software && cfg!(not(target_arch = "wasm32")) { 1 } else { LEAST_IN_FLIGHT }
}
