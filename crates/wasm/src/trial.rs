//! A loaded model that is run to be measured, as `reckon bench` does it: without text, and without a message a token.

use std::rc::Rc;

use engine::Trial;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::now_ms;
use crate::fault::{Code, engine_fault, fault};
use crate::loaded::Engine;

/// Tokens that are decoded first, uncounted: they grow the cache.
const UNCOUNTED: u32 = 2;

/// `TimedDecode` in JavaScript's words.
#[derive(Serialize)]
struct Decoded {
    times: Vec<Vec<TokenTime>>,
    tokens_in_flight: u32,
    dispatches: u32,
    traffic: Option<Traffic>,
}

#[derive(Serialize)]
struct TokenTime {
    ms: f64,
    encode_us: Option<f64>,
    await_us: Option<f64>,
}

#[derive(Serialize)]
struct Traffic {
    weights_bytes: u64,
    kv_bytes: u64,
}

/// `KernelTimes` in JavaScript's words.
#[derive(Serialize)]
struct KernelTimes {
    by_timestamps: bool,
    copy_bytes: u64,
    copy_us: Vec<f64>,
    kernels: Vec<KernelTime>,
}

#[derive(Serialize)]
struct KernelTime {
    kernel: &'static str,
    of: &'static str,
    shape: String,
    dispatches: u32,
    bytes: u64,
    us: Vec<f64>,
}

impl Engine {
    /// A timeline to be measured, which the context allows so many positions.
    async fn trial(&self, positions: Option<u32>) -> Result<Trial, JsValue> {
        let context = self.engine.description().context;
        if positions.is_none_or(|positions| positions > context) {
            let message = format!("positions: more are asked for than the context holds, {context}");
            return Err(fault(Code::Options, &message));
        }
        Trial::open(&self.engine, Rc::new(now_ms)).await.map_err(|error| engine_fault(&error))
    }
}

#[wasm_bindgen]
impl Engine {
    /// Decodes `tokens` tokens, the first of them after `positions` others, so many times over.
    ///
    /// # Errors
    /// The context does not hold them, there is no room, or the device failed.
    #[wasm_bindgen(unchecked_return_type = "TimedDecode")]
    pub async fn time_decode(&self, positions: u32, tokens: u32, repeat: u32) -> Result<JsValue, JsValue> {
        let mut trial = self.trial(positions.checked_add(tokens)).await?;
        let mut times = Vec::new();
        for round in 0..=repeat {
            let count = if round == 0 { tokens.min(UNCOUNTED) } else { tokens };
            let decoded = trial.decode(positions, count).await.map_err(|error| engine_fault(&error))?;
            if round > 0 {
                times.push(decoded.into_iter().map(TokenTime::of).collect());
            }
        }
        let traffic = trial
            .traffic(positions + tokens / 2)
            .map(|traffic| Traffic { weights_bytes: traffic.weights_bytes, kv_bytes: traffic.kv_bytes });
        let (tokens_in_flight, dispatches) = (trial.tokens_in_flight(), trial.dispatches());
        Ok(serde_wasm_bindgen::to_value(&Decoded { times, tokens_in_flight, dispatches, traffic })?)
    }

    /// What each kernel of a token after `positions` others takes, so many samples of each; nothing where the processor
    /// computes.
    ///
    /// # Errors
    /// The context does not hold it, there is no room, or the device failed.
    #[wasm_bindgen(unchecked_return_type = "KernelTimes | undefined")]
    pub async fn time_kernels(&self, positions: u32, samples: u32) -> Result<JsValue, JsValue> {
        let mut trial = self.trial(positions.checked_add(1)).await?;
        let times = trial.kernel_times(positions, samples).await.map_err(|error| engine_fault(&error))?;
        Ok(serde_wasm_bindgen::to_value(&times.map(KernelTimes::of))?)
    }
}

impl TokenTime {
    fn of(time: engine::TokenTime) -> Self {
        Self { ms: time.ms, encode_us: time.encode_us, await_us: time.await_us }
    }
}

impl KernelTimes {
    fn of(times: engine::KernelTimes) -> Self {
        Self {
            by_timestamps: times.by_timestamps,
            copy_bytes: times.copy_bytes,
            copy_us: times.copy_us,
            kernels: times.kernels.into_iter().map(KernelTime::of).collect(),
        }
    }
}

impl KernelTime {
    fn of(time: engine::KernelTime) -> Self {
        Self {
            kernel: time.kernel,
            of: time.of,
            shape: time.shape,
            dispatches: time.dispatches,
            bytes: time.bytes,
            us: time.us,
        }
    }
}
