//! Which device computes, and why.
//!
//! A hardware GPU is taken wherever there is one. A GPU that is a program on the processor has no more arithmetic than
//! the processor itself and seldom uses what there is as well, so both are timed over the same small product. A model
//! that is very small is computed by the processor without a look at GPUs.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use decoder::Gpu;

use crate::{Clock, Device, Error, LoadOptions};

/// Time that the probe may take in all, and the processor's share of it.
const PROBE_MS: f64 = 200.0;
const CPU_MS: f64 = 50.0;
/// The product that both are timed over: a square q4 matrix of so many rows, with one token.
const SIDE: u32 = 1536;

/// Weights that take no more are computed by the processor: it reads them in 2 ms or less, as long as a GPU takes to be
/// asked and to answer, and opening a GPU and compiling for it takes longer than loading them.
const SMALL_BYTES: u64 = 16 << 20;

/// Which device computes, and why; a GPU is open already.
pub struct Choice {
    /// `None` is the processor.
    pub(crate) gpu: Option<Gpu>,
    why: String,
}

impl Choice {
    /// Chooses as `options` ask, for a model whose weights take `weights_bytes`. Only where a device is to be chosen and the
    /// GPU is a program is anything timed.
    ///
    /// # Errors
    /// A GPU is asked for by name, and there is none.
    pub async fn make(options: &LoadOptions, weights_bytes: u64, clock: &impl Clock) -> Result<Self, Error> {
        match options.device {
            Device::Auto if weights_bytes <= SMALL_BYTES => Ok(Self::cpu(format!(
                "its weights take {:.1} MB, which the processor reads before a GPU has answered",
                weights_bytes as f64 / 1e6
            ))),
            Device::Auto => Ok(Self::of_what_is_there(options, clock).await),
            Device::Webgpu => Ok(Self { gpu: Some(open(options).await?), why: String::new() }),
            Device::Cpu => Ok(Self::cpu(String::new())),
        }
    }

    /// What was chosen: a GPU or the processor.
    pub fn device(&self) -> Device {
        if self.gpu.is_some() { Device::Webgpu } else { Device::Cpu }
    }

    /// Why, in words for a person; empty where it was asked for by name.
    pub fn why(&self) -> &str {
        &self.why
    }

    fn cpu(why: String) -> Self {
        Self { gpu: None, why }
    }

    async fn of_what_is_there(options: &LoadOptions, clock: &impl Clock) -> Self {
        match open(options).await {
            Ok(gpu) if !gpu.adapter().is_software => {
                Self { why: format!("a hardware GPU: {}", gpu.adapter().name), gpu: Some(gpu) }
            }
            Ok(gpu) => match why_a_program(&gpu, options, clock).await {
                Ok(why) => Self { gpu: Some(gpu), why },
                Err(why) => {
                    gpu.close();
                    Self::cpu(why)
                }
            },
            Err(decoder::Error::Gpu(err)) => Self::cpu(err.brief()),
            Err(err) => Self::cpu(err.to_string()),
        }
    }
}

async fn open(options: &LoadOptions) -> Result<Gpu, decoder::Error> {
    Gpu::open(options.default_limits, options.timestamps).await
}

/// Why a GPU that is a program on the processor is taken, or why it is not: times the processor, then that program until
/// the time is over.
async fn why_a_program(gpu: &Gpu, options: &LoadOptions, clock: &impl Clock) -> Result<String, String> {
    let program = format!("the GPU is a program on the processor ({})", gpu.adapter().name);
    let now_ms = || clock.now_ms();
    let until_ms = now_ms() + PROBE_MS;
    let Ok(cpu_ms) = cpu::probe(SIDE, options.activations, options.threads, CPU_MS, &now_ms) else {
        return Err(program);
    };
    let probe = gpu.probe(SIDE, until_ms, &now_ms);
    let gpu_ms = match first(probe, clock.sleep(until_ms - now_ms())).await {
        Some(Err(err)) => return Err(format!("{program} and failed: {err}")),
        Some(Ok(gpu_ms)) => gpu_ms,
        None => None,
    };
    let product = format!("a product with {SIDE} x {SIDE} q4 weights");
    match gpu_ms {
        Some(gpu_ms) if gpu_ms < cpu_ms => Ok(format!(
            "{program}, and {:.1} times as fast as the processor itself ({gpu_ms:.2} ms against {cpu_ms:.2} ms for {product})",
            cpu_ms / gpu_ms
        )),
        Some(gpu_ms) => Err(format!(
            "{program}, and the processor itself is {:.1} times as fast ({cpu_ms:.2} ms against {gpu_ms:.2} ms for {product})",
            gpu_ms / cpu_ms
        )),
        None => Err(format!(
            "{program}, and was not ready within {PROBE_MS} ms for what takes the processor itself {cpu_ms:.2} ms, {product}"
        )),
    }
}

/// What `work` gives, or `None` where `over` ends before it.
async fn first<T>(work: impl Future<Output = T>, over: impl Future<Output = ()>) -> Option<T> {
    let (mut work, mut over) = (pin!(work), pin!(over));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => over.as_mut().poll(context).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    struct Stopped;

    impl Clock for Stopped {
        fn now_ms(&self) -> f64 {
            0.0
        }

        async fn sleep(&self, _ms: f64) {}
    }

    #[test]
    fn the_processor_is_taken_by_name_without_a_look_at_gpus_or_clocks() {
        let options = LoadOptions { device: Device::Cpu, ..LoadOptions::default() };
        let choice = pollster::block_on(Choice::make(&options, u64::MAX, &Stopped))
            .unwrap_or_else(|err| panic!("{err}"));
        assert_eq!((choice.device(), choice.why()), (Device::Cpu, ""));
    }

    #[test]
    fn a_very_small_model_is_computed_by_the_processor_without_a_look_at_gpus() {
        let choice = pollster::block_on(Choice::make(&LoadOptions::default(), SMALL_BYTES, &Stopped))
            .unwrap_or_else(|err| panic!("{err}"));
        assert_eq!(choice.device(), Device::Cpu);
        assert!(choice.why().starts_with("its weights take 16.8 MB"), "{}", choice.why());
    }

    #[test]
    fn what_is_not_ready_when_the_time_is_over_gives_nothing() {
        assert_eq!(pollster::block_on(first(ready(7), ready(()))), Some(7));
        assert_eq!(pollster::block_on(first(pending::<u32>(), ready(()))), None);
    }
}
