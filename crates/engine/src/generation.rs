//! From logits to events: one generation's sampling, text and limits. No GPU.

use std::collections::VecDeque;

use text::{Detokenizer, Part, Reasoning, Special};

use crate::logprobs::{self, Chosen};
use crate::sampler::Sampler;
use crate::stop::StopStrings;
use crate::voice::{Encoded, Voice};
use crate::{Error, Event, Finish, FinishReason, GenerateOptions};

/// What ends a thinking that the model does not end itself, as it would have written it.
const CLOSING: &str = "\n</think>\n\n";

/// A generation between its prompt and its end.
pub(crate) struct Generation {
    /// Logits of the last position, (V).
    pub(crate) logits: Vec<f32>,
    pub(crate) sampler: Sampler,
    detokenizer: Detokenizer,
    stops: StopStrings,
    reasoning: Reasoning,
    eos_token_ids: Vec<u32>,
    max_tokens: u32,
    max_reasoning_tokens: u32,
    /// How many alternatives are told with each token.
    logprobs: Option<u32>,
    /// Tokens of the closing that are still to be put.
    closing: VecDeque<u32>,
    prompt_tokens: u32,
    completion_tokens: u32,
    reasoning_tokens: u32,
    ended: Option<FinishReason>,
}

/// A sampled token and what it says.
pub(crate) struct Verdict {
    pub(crate) id: u32,
    pub(crate) event: Event,
}

impl Generation {
    /// A generation after `prompt`, whose tokens also count as seen for the repetition penalty.
    pub(crate) fn new(
        eos_token_ids: &[u32],
        prompt: &Encoded,
        options: GenerateOptions,
    ) -> Result<Self, Error> {
        if let Some(count) = options.logprobs.filter(|count| *count > logprobs::MOST) {
            let fault = format!("{count}; expected 0 to {}", logprobs::MOST);
            return Err(Error::Option { name: "logprobs", fault });
        }
        Ok(Self {
            logits: Vec::new(),
            sampler: Sampler::new(options.sampling, &prompt.tokens)?,
            detokenizer: Detokenizer::default(),
            stops: StopStrings::new(options.stop),
            reasoning: Reasoning::new(prompt.starts_thinking),
            eos_token_ids: eos_token_ids.to_vec(),
            max_tokens: options.max_tokens.unwrap_or(u32::MAX),
            max_reasoning_tokens: options.max_reasoning_tokens.unwrap_or(u32::MAX),
            logprobs: options.logprobs,
            closing: VecDeque::new(),
            prompt_tokens: prompt.tokens.len() as u32,
            completion_tokens: 0,
            reasoning_tokens: 0,
            ended: None,
        })
    }

    /// Why no further token is to be sampled, if so.
    pub(crate) fn ended(&self) -> Option<FinishReason> {
        self.ended.or((self.completion_tokens >= self.max_tokens).then_some(FinishReason::Length))
    }

    /// The next token that is put rather than chosen, where the thinking ends at its budget or because it is told to.
    pub(crate) fn put(&mut self, voice: &Voice, answer_now: bool) -> Result<Option<Verdict>, Error> {
        let (mut text, mut parts) = (String::new(), Vec::new());
        if self.reasoning.is_thinking() && (answer_now || self.reasoning_tokens >= self.max_reasoning_tokens)
        {
            self.closing = voice.tokenizer.encode(CLOSING, Special::None)?.into();
            text = self.held_back();
            parts = self.reasoning.push(&text);
            parts.extend(self.reasoning.close());
        }
        let Some(id) = self.closing.pop_front() else { return Ok(None) };
        self.completion_tokens += 1;
        self.reasoning_tokens += 1;
        self.sampler.see(id);
        text.push_str(&self.detokenizer.push(&voice.tokenizer, id));
        Ok(Some(Verdict { id, event: Event::Token { id, text, parts, logprob: None } }))
    }

    /// Whether tokens come with more than their ids.
    pub(crate) fn needs_logits(&self) -> bool {
        self.logprobs.is_some()
    }

    /// How many tokens will follow at most, as far as is known, before one is put or none is wanted.
    pub(crate) fn foreseen(&self) -> u32 {
        let tokens = self.max_tokens.saturating_sub(self.completion_tokens);
        match self.reasoning.is_thinking() {
            true => tokens.min(self.max_reasoning_tokens.saturating_sub(self.reasoning_tokens)),
            false => tokens,
        }
    }

    /// Chooses the token after `position` from `logits` and says what it means.
    pub(crate) fn sample(&mut self, voice: &Voice, position: u32) -> Result<Verdict, Error> {
        let id = self.sampler.sample(&self.logits).ok_or(Error::NonFinite { position })?;
        let logprob = self.logprobs.map(|count| Chosen::new(&voice.tokenizer, &self.logits, id, count));
        Ok(self.say(voice, id, logprob))
    }

    /// Says what a token means that was chosen elsewhere.
    pub(crate) fn accept(&mut self, voice: &Voice, id: u32) -> Verdict {
        self.sampler.accept(id);
        self.say(voice, id, None)
    }

    fn say(&mut self, voice: &Voice, id: u32, logprob: Option<Chosen>) -> Verdict {
        self.completion_tokens += 1;
        self.reasoning_tokens += u32::from(self.reasoning.is_thinking());
        if self.eos_token_ids.contains(&id) {
            self.ended = Some(FinishReason::Stop);
            return Verdict {
                id,
                event: Event::Token { id, text: String::new(), parts: Vec::new(), logprob },
            };
        }
        let decoded = self.detokenizer.push(&voice.tokenizer, id);
        let text = self.stops.push(&decoded);
        if self.stops.is_stopped() {
            self.ended = Some(FinishReason::Stop);
        }
        let parts = self.reasoning.push(&text);
        if parts.contains(&Part::AnswerWasThinking) {
            self.reasoning_tokens = self.completion_tokens;
        }
        Verdict { id, event: Event::Token { id, text, parts, logprob } }
    }

    /// The last event: everything that was held back, and why it ended.
    pub(crate) fn finish(&mut self, reason: FinishReason) -> Event {
        let text = self.held_back();
        let mut parts = self.reasoning.push(&text);
        parts.extend(self.reasoning.finish());
        Event::Done(Finish {
            reason,
            text,
            parts,
            prompt_tokens: self.prompt_tokens,
            completion_tokens: self.completion_tokens,
            reasoning_tokens: self.reasoning_tokens,
        })
    }

    /// Text that waits for the rest of a character or of a stop string.
    fn held_back(&mut self) -> String {
        let mut text = self.stops.push(&self.detokenizer.finish());
        text.push_str(&self.stops.finish());
        text
    }
}
