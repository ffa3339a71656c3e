//! A loaded model that is run to be measured, as `reckon bench` does it: without text, and without a message a token.

use std::rc::Rc;

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::now_ms;
use crate::fault::{Code, engine_fault, fault};

/// Tokens that are decoded first, uncounted: they grow the cache.
const UNCOUNTED: u32 = 2;

/// A timeline that is run to be measured.
#[wasm_bindgen]
pub struct Trial {
    trial: engine::Trial,
    context: u32,
}

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

impl Trial {
    pub(crate) async fn open(engine: &engine::Engine) -> Result<Self, JsValue> {
        let trial = engine::Trial::open(engine, Rc::new(now_ms)).await;
        let trial = trial.map_err(|error| engine_fault(&error))?;
        Ok(Self { trial, context: engine.description().context })
    }

    fn hold(&self, positions: u32, tokens: u32) -> Result<(), JsValue> {
        let context = self.context;
        if positions.checked_add(tokens).is_some_and(|positions| positions <= context) {
            return Ok(());
        }
        let message = format!("{tokens} tokens after {positions} positions; the context holds {context}");
        Err(fault(Code::Options, &message))
    }
}

#[wasm_bindgen]
impl Trial {
    /// Decodes `tokens` tokens, the first of them after `positions` others, so many times over.
    ///
    /// # Errors
    /// The context does not hold them, there is no room, or the device failed.
    #[wasm_bindgen(unchecked_return_type = "TimedDecode")]
    pub async fn decode(&mut self, positions: u32, tokens: u32, repeat: u32) -> Result<JsValue, JsValue> {
        self.hold(positions, tokens)?;
        let mut times = Vec::new();
        for count in std::iter::once(tokens.min(UNCOUNTED)).chain((0..repeat).map(|_| tokens)) {
            let decoded = self.trial.decode(positions, count).await.map_err(|error| engine_fault(&error))?;
            let time = |time: engine::TokenTime| TokenTime {
                ms: time.ms,
                encode_us: time.encode_us,
                await_us: time.await_us,
            };
            times.push(decoded.into_iter().map(time).collect());
        }
        let traffic = self.trial.traffic(positions + tokens / 2);
        Ok(serde_wasm_bindgen::to_value(&Decoded {
            times: times.split_off(1),
            tokens_in_flight: self.trial.tokens_in_flight(),
            dispatches: self.trial.dispatches(),
            traffic: traffic
                .map(|traffic| Traffic { weights_bytes: traffic.weights_bytes, kv_bytes: traffic.kv_bytes }),
        })?)
    }

    /// What each kernel of a token after `positions` others takes, so many samples of each; nothing where the processor
    /// computes.
    ///
    /// # Errors
    /// The context does not hold it, there is no room, or the device failed.
    #[wasm_bindgen(unchecked_return_type = "KernelTimes | undefined")]
    pub async fn kernels(&mut self, positions: u32, samples: u32) -> Result<JsValue, JsValue> {
        self.hold(positions, 1)?;
        let times = self.trial.kernel_times(positions, samples).await;
        let Some(times) = times.map_err(|error| engine_fault(&error))? else {
            return Ok(JsValue::UNDEFINED);
        };
        let kernel = |time: engine::KernelTime| KernelTime {
            kernel: time.kernel,
            of: time.of,
            shape: time.shape,
            dispatches: time.dispatches,
            bytes: time.bytes,
            us: time.us,
        };
        Ok(serde_wasm_bindgen::to_value(&KernelTimes {
            by_timestamps: times.by_timestamps,
            copy_bytes: times.copy_bytes,
            copy_us: times.copy_us,
            kernels: times.kernels.into_iter().map(kernel).collect(),
        })?)
    }
}
