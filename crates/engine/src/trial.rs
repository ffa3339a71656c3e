//! A timeline that is run to be measured: no text, no prompt, and every time by a clock that is passed in.

use std::rc::Rc;

use decoder::{KernelTimes, Traffic};

use crate::Error;
use crate::engine::Engine;
use crate::model::Timeline;
use crate::sampler::{Sampler, Sampling};

/// The greedy decoding of any tokens, from any position on.
pub struct Trial {
    engine: Engine,
    timeline: Timeline,
    logits: Vec<f32>,
    sampler: Sampler,
    tokens_in_flight: u32,
    now_ms: Rc<dyn Fn() -> f64>,
}

/// What one decoded token took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenTime {
    /// From the token before to this one, chosen.
    pub ms: f64,
    /// Until a GPU had its work, or for each token ahead that of it; `None` where nothing was sent, or the processor
    /// computes.
    pub encode_us: Option<f64>,
    /// From there until the token or its logits were back.
    pub await_us: Option<f64>,
}

impl Trial {
    /// A new, empty timeline over a loaded model, timed by `now_ms`.
    ///
    /// # Errors
    /// The device has no room for its activations.
    pub async fn open(engine: &Engine, now_ms: Rc<dyn Fn() -> f64>) -> Result<Self, Error> {
        let mut timeline = Timeline::open(engine.model(), engine.context()).await?;
        timeline.time_by(now_ms.clone());
        let sampler = Sampler::new(Sampling::greedy(), &[])?;
        Ok(Self {
            engine: engine.clone(),
            timeline,
            logits: Vec::new(),
            sampler,
            tokens_in_flight: 1,
            now_ms,
        })
    }

    /// Runs a prompt of so many tokens from the first position on, and gives the milliseconds until the token after them is
    /// chosen.
    ///
    /// # Errors
    /// There is no room, or the device failed.
    ///
    /// # Panics
    /// The prompt is empty or longer than the context: mistakes of the caller.
    pub async fn prefill(&mut self, tokens: u32) -> Result<f64, Error> {
        assert!(tokens > 0, "a prompt has a token");
        self.reserve(tokens).await?;
        let vocab_size = self.engine.config().vocab_size;
        let ids: Vec<u32> = (0..tokens).map(|i| (1 + i * 7919) % vocab_size).collect();
        let started_ms = (self.now_ms)();
        let mut position = 0;
        for chunk in ids.chunks(self.engine.model().tokens_at_once()) {
            let is_last = position + chunk.len() == ids.len();
            let first = chunk.len() - usize::from(is_last);
            self.timeline.forward(self.engine.model(), position, chunk, first, &mut self.logits).await?;
            position += chunk.len();
        }
        self.choose(tokens - 1)?;
        Ok((self.now_ms)() - started_ms)
    }

    /// Decodes `tokens` tokens, the first of them after `positions` others. What never was computed of these is zero: what
    /// a token takes depends on how many there are, and not on what they hold.
    ///
    /// # Errors
    /// There is no room, or the device failed.
    ///
    /// # Panics
    /// They outgrow the context: a mistake of the caller.
    pub async fn decode(&mut self, positions: u32, tokens: u32) -> Result<Vec<TokenTime>, Error> {
        self.reserve(positions + tokens).await?;
        let mut id = 1 % self.engine.config().vocab_size;
        if self.engine.model().chooses(&self.sampler.for_gpu()) {
            return self.decode_ahead(positions, tokens, id).await;
        }
        let mut times = Vec::new();
        for position in positions..positions + tokens {
            let started_ms = (self.now_ms)();
            self.timeline.forward(self.engine.model(), position as usize, &[id], 0, &mut self.logits).await?;
            let ended_ms = (self.now_ms)();
            id = self.choose(position)?;
            let submitted_ms = self.timeline.submitted_ms();
            times.push(TokenTime {
                ms: (self.now_ms)() - started_ms,
                encode_us: submitted_ms.map(|submitted_ms| (submitted_ms - started_ms) * 1e3),
                await_us: submitted_ms.map(|submitted_ms| (ended_ms - submitted_ms) * 1e3),
            });
        }
        Ok(times)
    }

    /// As a generation does it on a GPU: passes are sent ahead of the tokens that come back.
    async fn decode_ahead(&mut self, positions: u32, tokens: u32, id: u32) -> Result<Vec<TokenTime>, Error> {
        let Some((timeline, decoder)) = self.timeline.as_gpu(self.engine.model()) else {
            return Ok(Vec::new());
        };
        timeline.set_sampling(decoder, &self.sampler.for_gpu());
        let (mut sent, mut times) = (0, Vec::new());
        for position in positions..positions + tokens {
            let (started_ms, sent_before) = ((self.now_ms)(), sent);
            while sent < tokens && timeline.is_hungry() {
                match sent {
                    0 => timeline.choose(decoder, positions, &[id], 0)?,
                    _ => timeline.choose_on(decoder, positions + sent, sent)?,
                }
                sent += 1;
            }
            let submitted_ms = (self.now_ms)();
            self.tokens_in_flight = self.tokens_in_flight.max(timeline.in_flight() as u32);
            timeline.take(decoder).await?.ok_or(Error::NonFinite { position })?;
            let ended_ms = (self.now_ms)();
            times.push(TokenTime {
                ms: ended_ms - started_ms,
                encode_us: (sent > sent_before)
                    .then(|| (submitted_ms - started_ms) * 1e3 / f64::from(sent - sent_before)),
                await_us: Some((ended_ms - submitted_ms) * 1e3),
            });
        }
        Ok(times)
    }

    /// Most tokens that were on their way at the same time.
    pub fn tokens_in_flight(&self) -> u32 {
        self.tokens_in_flight
    }

    /// Bytes that a token after `positions` others moves, summed from what a GPU's dispatches bind; `None` where the
    /// processor computes.
    pub fn traffic(&self, positions: u32) -> Option<Traffic> {
        self.timeline.traffic(self.engine.model(), positions)
    }

    /// What each kernel takes on a GPU for a token after `positions` others, so many samples of each; `None` where the
    /// processor computes.
    ///
    /// # Errors
    /// There is no room, or the device failed.
    pub async fn kernel_times(&mut self, positions: u32, samples: u32) -> Result<Option<KernelTimes>, Error> {
        self.reserve(positions + 1).await?;
        self.timeline.kernel_times(self.engine.model(), positions, samples, &*self.now_ms).await
    }

    /// Compute dispatches of the last token.
    pub fn dispatches(&self) -> u32 {
        self.timeline.dispatches()
    }

    async fn reserve(&mut self, positions: u32) -> Result<(), Error> {
        match self.timeline.reserve(self.engine.model(), positions as usize).await? {
            true => Ok(()),
            false => Err(Error::KvMemory { positions }),
        }
    }

    /// The likeliest token, as a generation would choose it.
    fn choose(&mut self, position: u32) -> Result<u32, Error> {
        self.sampler.sample(&self.logits).ok_or(Error::NonFinite { position })
    }
}
