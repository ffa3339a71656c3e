//! How a generation went, in numbers.

use engine::{Event, Finish};
use serde::Serialize;

use crate::clock::now_ms;
use crate::heap::heap_bytes;

/// `Statistics` in JavaScript's words.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Statistics {
    prompt_tokens: u32,
    cached_tokens: u32,
    completion_tokens: u32,
    reasoning_tokens: u32,
    prefill_ms: f64,
    decode_ms: f64,
    prefill_tokens_per_s: f64,
    decode_tokens_per_s: f64,
    dispatches: u32,
    pub(crate) heap_bytes: u64,
    pub(crate) gpu_bytes: u64,
}

/// Watches one generation.
#[derive(Default)]
pub(crate) struct Watch {
    started_ms: f64,
    first_ms: Option<f64>,
    last_ms: f64,
    seen: Statistics,
}

impl Watch {
    /// A watch that starts now.
    pub(crate) fn start() -> Self {
        Self { started_ms: now_ms(), ..Self::default() }
    }

    /// Notes an event that has just come.
    pub(crate) fn see(&mut self, event: &Event) {
        let now = now_ms();
        match event {
            Event::Prompt { tokens, cached } => {
                self.seen.prompt_tokens = *tokens;
                self.seen.cached_tokens = *cached;
            }
            Event::Token { .. } => {
                self.first_ms.get_or_insert(now);
                self.last_ms = now;
                self.seen.completion_tokens += 1;
            }
            Event::Done(Finish { prompt_tokens, completion_tokens, reasoning_tokens, .. }) => {
                self.seen.prompt_tokens = *prompt_tokens;
                self.seen.completion_tokens = *completion_tokens;
                self.seen.reasoning_tokens = *reasoning_tokens;
            }
        }
    }

    /// The numbers up to now. The first token comes out of the prefill; decoding is the time after it.
    pub(crate) fn statistics(&self, dispatches: u32, gpu_bytes: u64) -> Statistics {
        let first_ms = self.first_ms.unwrap_or_else(now_ms);
        let prefill_ms = first_ms - self.started_ms;
        let decode_ms = (self.last_ms - first_ms).max(0.0);
        let rate = |tokens: u32, ms: f64| if ms > 0.0 { f64::from(tokens) / ms * 1e3 } else { 0.0 };
        Statistics {
            prefill_ms,
            decode_ms,
            prefill_tokens_per_s: rate(
                self.seen.prompt_tokens.saturating_sub(self.seen.cached_tokens),
                prefill_ms,
            ),
            decode_tokens_per_s: rate(self.seen.completion_tokens.saturating_sub(1), decode_ms),
            dispatches,
            heap_bytes: heap_bytes(),
            gpu_bytes,
            ..self.seen.clone()
        }
    }
}
