//! One session's cache and activations, and the forward pass over them.

use std::rc::Rc;

use bytemuck::{bytes_of, cast_slice};
use gpu::{Frame, Readback, Usage};
use kernels::{MatrixKernel, Step, rope_qk_norm_attention};

use crate::chooser::{Chooser, Sampling};
use crate::groups::{Activations, CacheGroups, Groups, Product};
use crate::kv::Cache;
use crate::{Decoder, Error};

/// Positions the cache begins with.
const FIRST_CAPACITY: u32 = 2048;
/// Most bytes of logits that are computed at once.
const LOGITS_BYTES: u32 = 1 << 20;
/// Most rows of logits that are computed at once.
const LOGITS_ROWS: u32 = 16;

/// A session's memory on the GPU.
pub struct Timeline {
    pub(crate) activations: Activations,
    pub(crate) groups: Groups,
    pub(crate) caches: Vec<Cache>,
    pub(crate) cache_groups: Vec<CacheGroups>,
    pub(crate) capacity: u32,
    context: u32,
    logits_rows: u32,
    readback: Readback,
    pub(crate) chooser: Chooser,
    dispatches: u32,
    /// Only measurements have one.
    now_ms: Option<Rc<dyn Fn() -> f64>>,
    submitted_ms: Option<f64>,
}

impl Timeline {
    /// Room for up to `context` positions, of which the first 2048 are allocated now.
    ///
    /// # Errors
    /// The GPU has no room.
    pub async fn open(decoder: &Decoder, context: u32) -> Result<Self, Error> {
        let config = &decoder.config;
        let logits_rows = (LOGITS_BYTES / (config.vocab_size * 4)).clamp(1, LOGITS_ROWS);
        let activations = activations(decoder, logits_rows).await?;
        let groups = Groups::new(decoder, &activations).await?;
        let logits_bytes = u64::from(logits_rows * config.vocab_size) * 4;
        let readback = Readback::new(&decoder.device, "logits read back", logits_bytes).await?;
        let chooser = Chooser::new(decoder, &activations).await?;
        let mut timeline = Self {
            activations,
            groups,
            caches: Vec::new(),
            cache_groups: Vec::new(),
            capacity: 0,
            context,
            logits_rows,
            readback,
            chooser,
            dispatches: 0,
            now_ms: None,
            submitted_ms: None,
        };
        timeline.grow(decoder, FIRST_CAPACITY.min(context)).await?;
        Ok(timeline)
    }

    /// Makes sure that the cache holds `positions`; `false` where the GPU has no room for them.
    ///
    /// # Errors
    /// The GPU failed.
    ///
    /// # Panics
    /// More positions than the context are asked for: a mistake of the caller.
    pub async fn reserve(&mut self, decoder: &Decoder, positions: u32) -> Result<bool, Error> {
        assert!(positions <= self.context, "{positions} positions in a context of {}", self.context);
        while self.capacity < positions {
            match self.grow(decoder, self.capacity.saturating_mul(2).min(self.context)).await {
                Ok(()) => {}
                Err(Error::Gpu(gpu::Error::OutOfMemory { .. })) => return Ok(false),
                Err(err) => return Err(err),
            }
        }
        Ok(true)
    }

    /// Layer by layer, so that no more than one layer's cache is there twice.
    async fn grow(&mut self, decoder: &Decoder, capacity: u32) -> Result<(), Error> {
        let (config, device) = (&decoder.config, &decoder.device);
        let angles = config.rotations(0..capacity);
        let angles = device.upload("rotary angles", cast_slice(&angles), Usage::Storage).await?;
        let row = u64::from(config.num_key_value_heads * config.head_dim) * decoder.kv.bytes();
        for index in 0..config.layers.len() {
            let size_bytes = u64::from(capacity) * row;
            let cache = Cache {
                keys: device.buffer("keys", size_bytes, Usage::Storage).await?,
                values: device.buffer("values", size_bytes, Usage::Storage).await?,
            };
            let groups = CacheGroups::new(decoder, &self.activations, index, &angles, &cache).await?;
            match self.caches.get_mut(index) {
                None => {
                    self.caches.push(cache);
                    self.cache_groups.push(groups);
                }
                Some(old) => {
                    let mut frame = device.frame();
                    let old_bytes = u64::from(self.capacity) * row;
                    frame.copy(&old.keys, &cache.keys, old_bytes);
                    frame.copy(&old.values, &cache.values, old_bytes);
                    frame.submit(device);
                    // Both at once: where a later layer finds no room, this one is whole all the same.
                    *old = cache;
                    self.cache_groups[index] = groups;
                }
            }
        }
        self.capacity = capacity;
        Ok(())
    }

    /// Runs `tokens` from `position` on, leaves their keys and values in the cache, and puts the logits of
    /// `tokens[first..]` into `logits`, (rows, V). What is in flight is forgotten.
    ///
    /// # Errors
    /// The GPU failed.
    ///
    /// # Panics
    /// There is no token, there are more than [`Decoder::tokens_at_once`], or [`Timeline::reserve`] did not make room.
    pub async fn forward(
        &mut self,
        decoder: &Decoder,
        position: u32,
        tokens: &[u32],
        first: usize,
        logits: &mut Vec<f32>,
    ) -> Result<(), Error> {
        self.forget();
        self.bring(decoder, position, tokens)?;
        let (device, count) = (&decoder.device, tokens.len() as u32);
        let step = Step { position, tokens: count, ..Step::default() };
        device.write(&self.activations.step, 0, bytes_of(&step));
        logits.clear();
        let first = first as u32;
        let mut frame = device.frame();
        self.record_layers(decoder, &mut frame, position, count);
        if first == count {
            frame.submit(device);
            return Ok(());
        }
        for first_token in (first..count).step_by(self.logits_rows as usize) {
            let tokens = self.logits_rows.min(count - first_token);
            self.record_head(decoder, &mut frame, count, Step { tokens, first_token, ..step });
            self.dispatches = frame.dispatches();
            let size_bytes = u64::from(tokens * decoder.config.vocab_size) * 4;
            frame.read_back(&self.activations.logits, &self.readback, size_bytes);
            std::mem::replace(&mut frame, device.frame()).submit(device);
            self.submitted_ms = self.now_ms.as_ref().map(|now_ms| now_ms());
            let keep = |bytes: &[u8]| logits.extend_from_slice(cast_slice(bytes));
            self.readback.read(device, size_bytes, keep).await?;
        }
        Ok(())
    }

    /// Chooses tokens as `sampling` says from now on. What is in flight is forgotten.
    pub fn set_sampling(&mut self, decoder: &Decoder, sampling: &Sampling) {
        self.forget();
        self.chooser.set(decoder, sampling);
    }

    /// Runs `tokens` from `position` on, leaves their keys and values in the cache, and sends the token after them, the
    /// one with the number `draw`, on its way; [`Timeline::take`] gives it. What was in flight is forgotten.
    ///
    /// # Errors
    /// The GPU failed.
    ///
    /// # Panics
    /// As [`Timeline::forward`].
    pub fn choose(
        &mut self,
        decoder: &Decoder,
        position: u32,
        tokens: &[u32],
        draw: u32,
    ) -> Result<(), Error> {
        self.forget();
        self.bring(decoder, position, tokens)?;
        self.send(decoder, position, tokens.len() as u32, draw);
        Ok(())
    }

    /// Runs the token that was sent last, at `position`, though the host does not know it yet, and sends the one after it.
    ///
    /// # Errors
    /// The GPU failed.
    ///
    /// # Panics
    /// [`Timeline::reserve`] did not make room, or nothing more is wanted: mistakes of the caller.
    pub fn choose_on(&mut self, decoder: &Decoder, position: u32, draw: u32) -> Result<(), Error> {
        assert!(position < self.capacity, "no room was made for a token at {position}");
        decoder.device.check()?;
        self.send(decoder, position, 1, draw);
        Ok(())
    }

    /// Tokens that were sent and not taken.
    pub fn in_flight(&self) -> usize {
        self.chooser.in_flight()
    }

    /// Whether one more token in flight is of use.
    pub fn is_hungry(&self) -> bool {
        self.chooser.is_hungry()
    }

    /// Waits for the token that is to be taken next.
    ///
    /// # Errors
    /// The GPU failed.
    ///
    /// # Panics
    /// None was sent: a mistake of the caller.
    pub async fn arrive(&mut self, decoder: &Decoder) -> Result<(), Error> {
        self.chooser.arrive(decoder).await
    }

    /// Waits for the token that was sent first, and takes it; `None` where a logit was not finite.
    ///
    /// # Errors
    /// The GPU failed.
    ///
    /// # Panics
    /// None was sent: a mistake of the caller.
    pub async fn take(&mut self, decoder: &Decoder) -> Result<Option<u32>, Error> {
        self.chooser.take(decoder).await
    }

    /// Forgets the tokens that were sent and not taken; what they left in the cache is overwritten.
    pub fn forget(&mut self) {
        self.chooser.forget();
    }

    /// Notes by this clock when a call is handed to the GPU: for measurements.
    pub fn time_by(&mut self, now_ms: Rc<dyn Fn() -> f64>) {
        self.now_ms = Some(now_ms);
    }

    /// When the last call that gave logits or sent a token was handed to the GPU, by the clock of [`Timeline::time_by`].
    pub fn submitted_ms(&self) -> Option<f64> {
        self.submitted_ms
    }

    /// Dispatches of the last call that gave logits or sent a token.
    pub fn dispatches(&self) -> u32 {
        self.dispatches
    }

    /// Puts tokens where the embedding finds them.
    fn bring(&self, decoder: &Decoder, position: u32, tokens: &[u32]) -> Result<(), Error> {
        let count = tokens.len() as u32;
        assert!((1..=decoder.tokens_at_once()).contains(&count), "{count} tokens at once");
        assert!(position + count <= self.capacity, "no room was made for {count} tokens from {position} on");
        decoder.device.check()?;
        decoder.device.write(&self.activations.ids, 0, cast_slice(tokens));
        Ok(())
    }

    /// One submit and, where one token is in place, one write: from the tokens in place to the one after them.
    fn send(&mut self, decoder: &Decoder, position: u32, count: u32, draw: u32) {
        let device = &decoder.device;
        let step = Step { position, tokens: count, first_token: 0, draw, slot: self.chooser.slot() };
        device.write(&self.activations.step, 0, bytes_of(&step));
        let mut frame = device.frame();
        self.record_layers(decoder, &mut frame, position, count);
        self.record_head(decoder, &mut frame, count, Step { tokens: 1, first_token: count - 1, ..step });
        self.chooser.record(decoder, &mut frame);
        self.dispatches = frame.dispatches();
        let submission = frame.submit(device);
        self.submitted_ms = self.now_ms.as_ref().map(|now_ms| now_ms());
        self.chooser.ask(submission);
    }

    fn record_layers(&self, decoder: &Decoder, frame: &mut Frame, position: u32, tokens: u32) {
        let (config, kernels) = (&decoder.config, &decoder.kernels);
        for group in &self.groups.embed {
            kernels.embed.record(frame, group, config.hidden_size / 32, tokens);
        }
        for (index, groups) in self.groups.layers.iter().enumerate() {
            record(&kernels.rms_norm_matmul, frame, &groups.qkv, tokens);
            if tokens == 1 {
                self.record_attention(decoder, frame, position, index);
            } else {
                self.record_attention_of_many(decoder, frame, tokens, index);
            }
            record(&kernels.matmul_residual, frame, &groups.o_proj, tokens);
            record(&kernels.rms_norm_gate_up_swiglu, frame, &groups.gate_up, tokens);
            record(&kernels.matmul_residual, frame, &groups.down_proj, tokens);
        }
    }

    /// Logits of those of `count` tokens that `step` names.
    fn record_head(&self, decoder: &Decoder, frame: &mut Frame, count: u32, step: Step) {
        let kernel = &decoder.kernels.rms_norm_matmul;
        if count == 1 {
            return record(kernel, frame, &self.groups.head_of_one, 1);
        }
        decoder.device.write(&self.activations.head_step, 0, bytes_of(&step));
        record(kernel, frame, &self.groups.head, step.tokens);
    }

    /// Attention of one token at `position`.
    pub(crate) fn record_attention(&self, decoder: &Decoder, frame: &mut Frame, position: u32, index: usize) {
        let (config, kernels) = (&decoder.config, &decoder.kernels);
        let (heads, kv_heads) = (config.num_attention_heads, config.num_key_value_heads);
        let splits = kernels.rope_qk_norm_attention.splits(config.layers[index].positions(position));
        let group = &self.cache_groups[index].rope_qk_norm_attention;
        kernels.rope_qk_norm_attention.record(frame, group, heads, kv_heads, splits);
        if splits > 1 {
            kernels.attention_merge.record(frame, &self.groups.attention_merge, heads * config.head_dim);
        }
    }

    fn record_attention_of_many(&self, decoder: &Decoder, frame: &mut Frame, tokens: u32, index: usize) {
        let (config, kernels, groups) = (&decoder.config, &decoder.kernels, &self.cache_groups[index]);
        let (heads, kv_heads) = (config.num_attention_heads, config.num_key_value_heads);
        let append = &kernels.rope_qk_norm_append;
        append.record(frame, &groups.rope_qk_norm_append, heads + 2 * kv_heads, tokens);
        kernels.attention.record(frame, &groups.attention, heads, kv_heads, tokens);
    }
}

pub(crate) fn record(kernel: &MatrixKernel, frame: &mut Frame, products: &[Product], tokens: u32) {
    for Product { group, shape } in products {
        kernel.record(frame, *shape, group, tokens);
    }
}

pub(crate) async fn activations(decoder: &Decoder, logits_rows: u32) -> Result<Activations, Error> {
    let (config, device, tokens) = (&decoder.config, &decoder.device, decoder.tokens_at_once());
    let heads = config.num_attention_heads + 2 * config.num_key_value_heads;
    let splits = decoder.kernels.rope_qk_norm_attention.splits(u32::MAX);
    let partials_bytes =
        rope_qk_norm_attention::partials_bytes(splits, config.num_attention_heads, config.head_dim);
    let floats =
        async |label: &str, count: u32| device.buffer(label, u64::from(count) * 4, Usage::Storage).await;
    let step = async || device.buffer("step", size_of::<Step>() as u64, Usage::Uniform).await;
    Ok(Activations {
        step: step().await?,
        head_step: step().await?,
        ids: floats("ids", tokens).await?,
        x: floats("x", tokens * config.hidden_size).await?,
        qkv: floats("qkv", tokens * heads * config.head_dim).await?,
        o: floats("o", tokens * config.num_attention_heads * config.head_dim).await?,
        partials: device.buffer("partials", partials_bytes, Usage::Storage).await?,
        h: floats("h", tokens * config.intermediate_size).await?,
        logits: floats("logits", logits_rows * config.vocab_size).await?,
    })
}
