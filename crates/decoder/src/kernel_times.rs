//! What each kernel of a decoded token takes on this GPU, in the shapes of this model, beside a plain copy.

use bytemuck::bytes_of;
use gpu::{BindGroup, Frame, Readback, Timer, Usage};
use kernels::copy::CopyKernel;
use kernels::rank_logits::tiles_bytes;
use kernels::{Step, TILE};

use crate::work::Work;
use crate::{Decoder, Error, Timeline};

/// Bytes that are copied: more than caches hold.
const COPY_BYTES: u64 = 64 << 20;
/// A sample repeats its work until it takes about so long, so that beginning and ending it do not count.
const SAMPLE_MS: f64 = 20.0;
/// Most repetitions of a sample.
const REPETITIONS: f64 = 64.0;

/// What the kernels take.
#[derive(Clone, Debug)]
pub struct KernelTimes {
    /// By the GPU's own clock, else by the host's, over many dispatches.
    pub by_timestamps: bool,
    /// Bytes that the copy reads and writes.
    pub copy_bytes: u64,
    /// Microseconds of the copy, one a sample, half of them before the kernels and half after.
    pub copy_us: Vec<f64>,
    /// In the order of the pass.
    pub kernels: Vec<KernelTime>,
}

/// What one kernel takes in one shape.
#[derive(Clone, Debug)]
pub struct KernelTime {
    /// Its name.
    pub kernel: &'static str,
    /// What it is for.
    pub of: &'static str,
    /// Rows and columns and their types, or what it works on.
    pub shape: String,
    /// Dispatches of it in a token.
    pub dispatches: u32,
    /// Bytes of weights, or of keys and values, that these move.
    pub bytes: u64,
    /// Microseconds that all of a token's dispatches take, one a sample.
    pub us: Vec<f64>,
}

impl Timeline {
    /// Times every kernel of a token that stands after `positions` others. What the cache holds from there on is lost.
    ///
    /// # Errors
    /// The GPU failed.
    ///
    /// # Panics
    /// [`Timeline::reserve`] did not make room.
    pub async fn kernel_times(
        &self,
        decoder: &Decoder,
        positions: u32,
        samples: u32,
        now_ms: &dyn Fn() -> f64,
    ) -> Result<KernelTimes, Error> {
        assert!(positions < self.capacity, "no room was made for a token after {positions}");
        let device = &decoder.device;
        let step = Step { position: positions, tokens: 1, ..Step::default() };
        device.write(&self.activations.step, 0, bytes_of(&step));
        let stopwatch = Stopwatch {
            decoder,
            timeline: self,
            timer: Timer::new(device).await?,
            readback: Readback::new(device, "kernel times", 16).await?,
            samples,
            now_ms,
        };
        let copy = CopyKernel::new(device).await?;
        let copy_bytes = COPY_BYTES.min(device.limits().binding_bytes);
        let buffer = async || device.buffer("copy", copy_bytes, Usage::Storage).await;
        let group: BindGroup = copy.bind(device, &buffer().await?, &buffer().await?);
        let record_copy = |frame: &mut Frame| copy.record(frame, &group, copy_bytes);
        let mut copy_us = stopwatch.time(&record_copy).await?;
        let mut kernels = Vec::new();
        for work in Work::ALL {
            let record = |frame: &mut Frame| work.record(decoder, self, positions, frame);
            let us = stopwatch.time(&record).await?;
            let mut frame = device.frame();
            record(&mut frame);
            kernels.push(KernelTime {
                kernel: work.kernel(),
                of: work.of(),
                shape: shape(work, decoder, positions),
                dispatches: frame.dispatches(),
                bytes: bytes(work, decoder, positions),
                us,
            });
        }
        // Once more: a machine that slows down slows down both.
        copy_us.extend(stopwatch.time(&record_copy).await?);
        let by_timestamps = stopwatch.timer.is_some();
        Ok(KernelTimes { by_timestamps, copy_bytes: 2 * copy_bytes, copy_us, kernels })
    }
}

/// Times what is recorded.
struct Stopwatch<'a> {
    decoder: &'a Decoder,
    timeline: &'a Timeline,
    timer: Option<Timer>,
    readback: Readback,
    samples: u32,
    now_ms: &'a dyn Fn() -> f64,
}

impl Stopwatch<'_> {
    /// Microseconds of what `record` records, one a sample, each the mean of its repetitions.
    async fn time(&self, record: &dyn Fn(&mut Frame)) -> Result<Vec<f64>, Error> {
        // A driver may compile at the first use only.
        self.once(1, record).await?;
        let once_ms = self.once(1, record).await? / 1e3;
        let repetitions = (SAMPLE_MS / once_ms).clamp(1.0, REPETITIONS) as u32;
        let mut samples = Vec::new();
        for _ in 0..self.samples {
            samples.push(self.once(repetitions, record).await? / f64::from(repetitions));
        }
        Ok(samples)
    }

    /// Microseconds of so many repetitions.
    async fn once(&self, repetitions: u32, record: &dyn Fn(&mut Frame)) -> Result<f64, Error> {
        let device = &self.decoder.device;
        let mut frame = match &self.timer {
            Some(timer) => device.timed_frame(timer),
            None => device.frame(),
        };
        (0..repetitions).for_each(|_| record(&mut frame));
        if let Some(timer) = &self.timer {
            frame.stop(timer);
            frame.submit(device);
            return Ok(timer.read_us(device).await?);
        }
        frame.read_back(&self.timeline.activations.ids, &self.readback, 16);
        let started_ms = (self.now_ms)();
        frame.submit(device);
        self.readback.read(device, 16, |_| ()).await?;
        Ok(((self.now_ms)() - started_ms) * 1e3)
    }
}

fn shape(work: Work, decoder: &Decoder, positions: u32) -> String {
    let (config, matrices) = (&decoder.config, work.matrices(&decoder.weights));
    let (heads, kv_heads) = (config.num_attention_heads, config.num_key_value_heads);
    match work {
        Work::Embed => format!("{} of {}", config.hidden_size, config.vocab_size),
        Work::Attention => {
            let (d, positions) = (config.head_dim, positions + 1);
            format!("{heads} heads of {d}, {kv_heads} of keys, {positions} positions")
        }
        Work::RankLogits | Work::Sample => format!("{} logits", config.vocab_size),
        _ => {
            let mut shape = format!("{} x {}", matrices[0].rows(), matrices[0].columns);
            let mut seen: Vec<&str> = Vec::new();
            for piece in matrices.iter().flat_map(|matrix| &matrix.pieces) {
                let dtype = piece.dtype.name();
                if !seen.contains(&dtype) {
                    shape.push_str(if seen.is_empty() { " " } else { ", " });
                    shape.push_str(dtype);
                    seen.push(dtype);
                }
            }
            shape
        }
    }
}

fn bytes(work: Work, decoder: &Decoder, positions: u32) -> u64 {
    let (config, matrices) = (&decoder.config, work.matrices(&decoder.weights));
    let row = 2 * u64::from(config.num_key_value_heads * config.head_dim) * decoder.kv.bytes();
    match work {
        Work::Embed => {
            let embedding = &decoder.weights.embed_tokens;
            embedding.size_bytes() / u64::from(embedding.rows())
        }
        Work::Attention => {
            config.layers.iter().map(|layer| u64::from(layer.positions(positions)) * row).sum()
        }
        Work::RankLogits => u64::from(config.vocab_size) * 4,
        Work::Sample => tiles_bytes(config.vocab_size.div_ceil(TILE)),
        _ => matrices.iter().map(|matrix| matrix.size_bytes()).sum(),
    }
}
