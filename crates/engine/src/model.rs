//! The decoders an engine can run, as one.

use std::rc::Rc;

use checkpoint::{Config, Held, Piece};
use decoder::{KernelTimes, Traffic};

use crate::{Choice, Description, Device, Error, LoadOptions};

/// A decoder that holds a model's weights.
#[expect(clippy::large_enum_variant, reason = "an engine has one")]
pub(crate) enum Model {
    Gpu(decoder::Decoder),
    Cpu(cpu::Decoder),
}

/// One session's keys, values and activations, in the decoder's own memory.
pub(crate) enum Timeline {
    Gpu(decoder::Timeline),
    Cpu(cpu::Timeline),
}

impl Model {
    /// Room for the weights of a model, where `choice` has it.
    pub(crate) async fn open(
        choice: Choice,
        config: &Config,
        held: &Held,
        options: &LoadOptions,
    ) -> Result<Self, Error> {
        let kv = options.kv();
        if let Some(gpu) = choice.gpu {
            return Ok(Self::Gpu(decoder::Decoder::open(gpu, config, held, kv).await?));
        }
        let options = cpu::Options { kv, activations: options.activations, threads: options.threads };
        Ok(Self::Cpu(cpu::Decoder::open(config, held, &options)?))
    }

    pub(crate) fn write(&mut self, piece: &Piece<'_>) {
        match self {
            Self::Gpu(decoder) => decoder.write(piece),
            Self::Cpu(decoder) => decoder.write(piece),
        }
    }

    /// Holds every kernel in use against a known answer.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        match self {
            Self::Gpu(decoder) => decoder.check().await?,
            Self::Cpu(decoder) => decoder.check()?,
        }
        Ok(())
    }

    /// Chooses among kernels by how fast they are here.
    pub(crate) async fn tune(&mut self, now_ms: &dyn Fn() -> f64) -> Result<(), Error> {
        match self {
            Self::Gpu(decoder) => decoder.tune(now_ms).await?,
            Self::Cpu(_) => {}
        }
        Ok(())
    }

    /// Most tokens of one call.
    pub(crate) fn tokens_at_once(&self) -> usize {
        match self {
            Self::Gpu(decoder) => decoder.tokens_at_once() as usize,
            Self::Cpu(decoder) => decoder.tokens_at_once(),
        }
    }

    /// Whether tokens are chosen where the logits are.
    pub(crate) fn chooses(&self, sampling: &decoder::Sampling) -> bool {
        match self {
            Self::Gpu(decoder) => sampling.fits(decoder),
            Self::Cpu(_) => false,
        }
    }

    pub(crate) fn describe(&self, config: &Config, context: u32, why: &str) -> Description {
        let (vocab_size, why) = (config.vocab_size, why.to_owned());
        match self {
            Self::Gpu(decoder) => Description {
                device: Device::Webgpu,
                why,
                adapter: decoder.adapter().name.clone(),
                software_adapter: decoder.adapter().is_software,
                kv: decoder.kv().name(),
                context,
                vocab_size,
                weights_bytes: decoder.weights_bytes(),
                gpu_bytes: decoder.gpu_bytes(),
            },
            Self::Cpu(decoder) => Description {
                device: Device::Cpu,
                why,
                adapter: decoder.name(),
                software_adapter: false,
                kv: decoder.kv().name(),
                context,
                vocab_size,
                weights_bytes: decoder.weights_bytes(),
                gpu_bytes: 0,
            },
        }
    }

    pub(crate) fn lose_device(&self) {
        if let Self::Gpu(decoder) = self {
            decoder.lose_device();
        }
    }
}

impl Timeline {
    pub(crate) async fn open(model: &Model, context: u32) -> Result<Self, Error> {
        Ok(match model {
            Model::Gpu(decoder) => Self::Gpu(decoder::Timeline::open(decoder, context).await?),
            Model::Cpu(decoder) => Self::Cpu(cpu::Timeline::open(decoder)),
        })
    }

    /// Makes sure that the cache holds `positions`; `false` where there is no memory for them.
    pub(crate) async fn reserve(&mut self, model: &Model, positions: usize) -> Result<bool, Error> {
        match (self, model) {
            (Self::Gpu(timeline), Model::Gpu(decoder)) => {
                Ok(timeline.reserve(decoder, positions as u32).await?)
            }
            (Self::Cpu(timeline), Model::Cpu(decoder)) => Ok(timeline.reserve(decoder, positions)),
            _ => unreachable!("a timeline belongs to its model"),
        }
    }

    /// Runs `tokens` from `position` on and puts the logits of `tokens[first..]` into `logits`,
    /// (rows, V).
    pub(crate) async fn forward(
        &mut self,
        model: &Model,
        position: usize,
        tokens: &[u32],
        first: usize,
        logits: &mut Vec<f32>,
    ) -> Result<(), Error> {
        match (self, model) {
            (Self::Gpu(timeline), Model::Gpu(decoder)) => {
                timeline.forward(decoder, position as u32, tokens, first, logits).await?;
            }
            (Self::Cpu(timeline), Model::Cpu(decoder)) => {
                timeline.forward(decoder, position, tokens, first, logits);
            }
            _ => unreachable!("a timeline belongs to its model"),
        }
        Ok(())
    }

    /// Notes by this clock when a GPU is handed its work.
    pub(crate) fn time_by(&mut self, now_ms: Rc<dyn Fn() -> f64>) {
        if let Self::Gpu(timeline) = self {
            timeline.time_by(now_ms);
        }
    }

    /// When a GPU was handed the last call that gave logits; `None` where the processor computes.
    pub(crate) fn submitted_ms(&self) -> Option<f64> {
        match self {
            Self::Gpu(timeline) => timeline.submitted_ms(),
            Self::Cpu(_) => None,
        }
    }

    /// What a token after `positions` others moves, as a GPU's dispatches bind it.
    pub(crate) fn traffic(&self, model: &Model, positions: u32) -> Option<Traffic> {
        match (self, model) {
            (Self::Gpu(timeline), Model::Gpu(decoder)) => Some(timeline.traffic(decoder, positions)),
            _ => None,
        }
    }

    /// What each kernel takes on a GPU, for a token after `positions` others.
    pub(crate) async fn kernel_times(
        &self,
        model: &Model,
        positions: u32,
        samples: u32,
        now_ms: &dyn Fn() -> f64,
    ) -> Result<Option<KernelTimes>, Error> {
        match (self, model) {
            (Self::Gpu(timeline), Model::Gpu(decoder)) => {
                Ok(Some(timeline.kernel_times(decoder, positions, samples, now_ms).await?))
            }
            _ => Ok(None),
        }
    }

    /// Itself and its model, where tokens can be chosen there.
    pub(crate) fn as_gpu<'a>(
        &'a mut self,
        model: &'a Model,
    ) -> Option<(&'a mut decoder::Timeline, &'a decoder::Decoder)> {
        match (self, model) {
            (Self::Gpu(timeline), Model::Gpu(decoder)) => Some((timeline, decoder)),
            _ => None,
        }
    }

    /// Waits for the token that is to be taken next, where one was sent.
    pub(crate) async fn arrive(&mut self, model: &Model) -> Result<(), Error> {
        match self.as_gpu(model) {
            Some((timeline, decoder)) => Ok(timeline.arrive(decoder).await?),
            None => Ok(()),
        }
    }

    /// Takes the token that was sent first, `None` where a logit was not finite; and whether a pass over it was sent too.
    pub(crate) async fn take(&mut self, model: &Model) -> Result<(Option<u32>, bool), Error> {
        let (timeline, decoder) = self.as_gpu(model).expect("tokens are sent on a GPU alone");
        let id = timeline.take(decoder).await?;
        Ok((id, timeline.in_flight() > 0))
    }

    /// Forgets what was sent and not taken.
    pub(crate) fn forget(&mut self) {
        if let Self::Gpu(timeline) = self {
            timeline.forget();
        }
    }

    /// Compute dispatches of the last call that gave logits or a token.
    pub(crate) fn dispatches(&self) -> u32 {
        match self {
            Self::Gpu(timeline) => timeline.dispatches(),
            Self::Cpu(_) => 0,
        }
    }
}
