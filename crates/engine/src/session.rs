//! One timeline: what stands in the KV cache, and the generation that continues it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::Engine;
use crate::generation::{Generation, Verdict};
use crate::model::Timeline;
use crate::{Error, Event, FinishReason, GenerateOptions, Prompt};

/// A conversation's place in the model. Prompts that share a beginning with what the cache holds pay only for the rest.
pub struct Session {
    engine: Engine,
    timeline: Timeline,
    /// The tokens whose keys and values stand in the cache, in order.
    cached: Vec<u32>,
    running: Option<Running>,
    handle: Handle,
}

/// A running generation, held from elsewhere: by a button, a signal handler.
#[derive(Clone, Debug, Default)]
pub struct Handle(Arc<Asked>);

/// What was asked of a generation.
#[derive(Debug, Default)]
struct Asked {
    abort: AtomicBool,
    answer_now: AtomicBool,
}

impl Handle {
    /// The generation ends at its next step, with reason `abort`.
    pub fn abort(&self) {
        self.0.abort.store(true, Ordering::Relaxed);
    }

    /// The thinking ends at its next step, and the answer begins; nothing happens where the model does not think.
    pub fn answer_now(&self) {
        self.0.answer_now.store(true, Ordering::Relaxed);
    }

    fn reset(&self) {
        self.0.abort.store(false, Ordering::Relaxed);
        self.0.answer_now.store(false, Ordering::Relaxed);
    }

    fn is_aborted(&self) -> bool {
        self.0.abort.load(Ordering::Relaxed)
    }

    fn is_to_answer(&self) -> bool {
        self.0.answer_now.load(Ordering::Relaxed)
    }
}

/// A generation under way.
struct Running {
    generation: Generation,
    /// Tokens not yet in the cache: the prompt's rest, then the token sampled last.
    waiting: Vec<u32>,
    /// Tokens of the prompt that stood in the cache already.
    shared: u32,
    prompt_is_cached: bool,
    /// Tokens are chosen where the logits are.
    on_gpu: bool,
    /// The GPU knows how, and of every token that was put.
    gpu_is_told: bool,
}

impl Session {
    /// A new, empty timeline over a loaded model.
    ///
    /// # Errors
    /// The device has no room for its activations.
    pub async fn open(engine: &Engine) -> Result<Self, Error> {
        let timeline = Timeline::open(engine.model(), engine.context()).await?;
        Ok(Self {
            engine: engine.clone(),
            timeline,
            cached: Vec::new(),
            running: None,
            handle: Handle::default(),
        })
    }

    /// Something to end this session's generations with, or their thinking, from anywhere.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Begins a generation; what ran before is dropped, its cache kept as far as the new prompt shares it.
    ///
    /// # Errors
    /// The prompt is empty or longer than the context, an option is out of range, or the model has no tokenizer.
    pub fn start(&mut self, prompt: &Prompt, options: GenerateOptions) -> Result<(), Error> {
        let prompt = self.engine.voice()?.encode(prompt, options.date.as_deref())?;
        let tokens = &prompt.tokens;
        self.running = None;
        self.timeline.forget();
        self.handle.reset();
        let context = self.engine.context();
        if tokens.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        if tokens.len() >= context as usize {
            return Err(Error::PromptTooLong { tokens: tokens.len() as u32, context });
        }
        self.check_ids(tokens)?;
        let generation = Generation::new(&self.engine.config().eos_token_ids, &prompt, options)?;
        let shared = self.cached.iter().zip(tokens).take_while(|(cached, token)| cached == token).count();
        // The last token runs even where it is cached: its logits are what the generation begins with.
        self.cached.truncate(shared.min(tokens.len() - 1));
        let waiting = tokens[self.cached.len()..].to_vec();
        let shared = self.cached.len() as u32;
        let sampling = generation.sampler.for_gpu();
        let on_gpu = !generation.needs_logits() && self.engine.model().chooses(&sampling);
        self.running = Some(Running {
            generation,
            waiting,
            shared,
            prompt_is_cached: false,
            on_gpu,
            gpu_is_told: false,
        });
        Ok(())
    }

    /// The next thing that happens.
    ///
    /// # Errors
    /// As [`Session::step`].
    pub async fn next(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.step().await? {
                return Ok(event);
            }
        }
    }

    /// Goes on by one forward pass at most; `None` where that has nothing to tell, amid a long prompt. Whoever has other
    /// things to do between two passes, as a worker has messages to hear, calls this instead of [`Session::next`].
    ///
    /// # Errors
    /// The device failed, logits are not finite, or no generation runs. An error ends the generation.
    pub async fn step(&mut self) -> Result<Option<Event>, Error> {
        let mut running = self.running.take().ok_or(Error::NotStarted)?;
        let event = if self.handle.is_aborted() {
            Some(running.generation.finish(FinishReason::Abort))
        } else if running.prompt_is_cached {
            Some(self.decode(&mut running).await?)
        } else {
            self.prefill(&mut running).await?
        };
        match event {
            Some(Event::Done(_)) => self.timeline.forget(),
            _ => self.running = Some(running),
        }
        Ok(event)
    }

    async fn decode(&mut self, running: &mut Running) -> Result<Event, Error> {
        if let Some(reason) = running.generation.ended() {
            return Ok(running.generation.finish(reason));
        }
        // What is put waits for the next pass, where all of it runs at once.
        if let Some(Verdict { id, event }) =
            running.generation.put(self.engine.voice()?, self.handle.is_to_answer())?
        {
            // What was sent ahead took another way.
            self.timeline.forget();
            running.gpu_is_told = false;
            running.waiting.push(id);
            return Ok(event);
        }
        if !running.waiting.is_empty() {
            if self.cached.len() + running.waiting.len() > self.engine.context() as usize {
                return Ok(running.generation.finish(FinishReason::Context));
            }
            let tokens = std::mem::take(&mut running.waiting);
            if !self.forward(&tokens, tokens.len() - 1, running).await? {
                return Ok(running.generation.finish(FinishReason::Memory));
            }
        }
        let position = self.cached.len() as u32 - 1;
        if !running.on_gpu {
            let Verdict { id, event } = running.generation.sample(self.engine.voice()?, position)?;
            running.waiting.push(id);
            return Ok(event);
        }
        self.send_ahead(&running.generation).await?;
        let (id, is_cached) = self.timeline.take(self.engine.model()).await?;
        let id = id.ok_or(Error::NonFinite { position })?;
        let Verdict { id, event } = running.generation.accept(self.engine.voice()?, id);
        if is_cached {
            self.cached.push(id);
        } else {
            running.waiting.push(id);
        }
        Ok(event)
    }

    /// Sends passes after those in flight, as many as are of use: each runs the token that the one before it chooses.
    async fn send_ahead(&mut self, generation: &Generation) -> Result<(), Error> {
        let (context, foreseen) = (self.engine.context() as usize, generation.foreseen() as usize);
        while let Some((timeline, decoder)) = self.timeline.as_gpu(self.engine.model()) {
            let in_flight = timeline.in_flight();
            // The first in flight runs what was cached last.
            let position = self.cached.len() + in_flight - 1;
            let is_wanted = timeline.is_hungry() && in_flight < foreseen && position < context;
            if !is_wanted || !timeline.reserve(decoder, position as u32 + 1).await? {
                break;
            }
            let draw = generation.sampler.step() + in_flight as u32;
            timeline.choose_on(decoder, position as u32, draw)?;
        }
        Ok(())
    }

    /// Brings what fits one forward pass of the prompt into the cache.
    async fn prefill(&mut self, running: &mut Running) -> Result<Option<Event>, Error> {
        let count = running.waiting.len().min(self.engine.model().tokens_at_once());
        let chunk: Vec<u32> = running.waiting.drain(..count).collect();
        running.prompt_is_cached = running.waiting.is_empty();
        if !self.forward(&chunk, count - usize::from(running.prompt_is_cached), running).await? {
            return Ok(Some(running.generation.finish(FinishReason::Memory)));
        }
        if running.prompt_is_cached && running.on_gpu {
            self.timeline.arrive(self.engine.model()).await?;
        }
        let prompt = Event::Prompt { tokens: self.cached.len() as u32, cached: running.shared };
        Ok(running.prompt_is_cached.then_some(prompt))
    }

    /// Runs `tokens` after what is cached, for the logits of `tokens[first..]` or, where the GPU chooses, for the token after
    /// them; `false` where the KV cache cannot hold them.
    async fn forward(&mut self, tokens: &[u32], first: usize, running: &mut Running) -> Result<bool, Error> {
        let (model, position) = (self.engine.model(), self.cached.len());
        if !self.timeline.reserve(model, position + tokens.len()).await? {
            return Ok(false);
        }
        let generation = &mut running.generation;
        match self.timeline.as_gpu(model) {
            Some((timeline, decoder)) if running.on_gpu && first < tokens.len() => {
                if !running.gpu_is_told {
                    timeline.set_sampling(decoder, &generation.sampler.for_gpu());
                    running.gpu_is_told = true;
                }
                timeline.choose(decoder, position as u32, tokens, generation.sampler.step())?;
            }
            _ => self.timeline.forward(model, position, tokens, first, &mut generation.logits).await?,
        }
        self.cached.extend_from_slice(tokens);
        Ok(true)
    }

    /// Logits of every position of one causal pass over `tokens`, row by row into `keep`: the first `prefill` at once
    /// (all of them where `None`), the rest one by one through the KV cache.
    ///
    /// # Errors
    /// An id lies outside the vocabulary, the tokens outgrow the context, or the device failed.
    pub async fn logits(
        &mut self,
        tokens: &[u32],
        prefill: Option<usize>,
        keep: &mut dyn FnMut(&[f32]),
    ) -> Result<(), Error> {
        self.running = None;
        self.cached.clear();
        self.check_ids(tokens)?;
        let context = self.engine.context();
        if tokens.len() > context as usize {
            return Err(Error::PromptTooLong { tokens: tokens.len() as u32, context });
        }
        let (at_once, one_by_one) = tokens.split_at(prefill.unwrap_or(tokens.len()).min(tokens.len()));
        let mut logits = Vec::new();
        for chunk in at_once.chunks(self.engine.model().tokens_at_once()).chain(one_by_one.chunks(1)) {
            if !self.timeline.reserve(self.engine.model(), self.cached.len() + chunk.len()).await? {
                return Err(Error::KvMemory { positions: context });
            }
            let position = self.cached.len();
            self.timeline.forward(self.engine.model(), position, chunk, 0, &mut logits).await?;
            self.cached.extend_from_slice(chunk);
            logits.chunks_exact(self.engine.config().vocab_size as usize).for_each(&mut *keep);
        }
        Ok(())
    }

    /// Compute dispatches of the last token.
    pub fn dispatches(&self) -> u32 {
        self.timeline.dispatches()
    }

    fn check_ids(&self, tokens: &[u32]) -> Result<(), Error> {
        let vocab_size = self.engine.config().vocab_size;
        match tokens.iter().find(|id| **id >= vocab_size) {
            Some(&id) => Err(Error::TokenId { id, vocab_size }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod on_gpu;
