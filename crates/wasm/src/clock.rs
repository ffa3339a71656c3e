//! Time, which nothing below the faces may read.

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, WorkerGlobalScope};

/// The scope this worker runs in.
pub(crate) fn scope() -> WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds since some fixed moment; never goes backwards.
pub(crate) fn now_ms() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}

/// The clock of this worker.
pub(crate) struct Clock<'a>(pub(crate) &'a AbortSignal);

impl engine::Clock for Clock<'_> {
    fn now_ms(&self) -> f64 {
        now_ms()
    }

    async fn sleep(&self, ms: f64) {
        sleep(ms.max(0.0) as u32, self.0).await;
    }
}

/// Waits that long, or until `signal` says to stop.
pub(crate) async fn sleep(ms: u32, signal: &AbortSignal) {
    let promise = Promise::new(&mut |resolve, _| {
        // Where neither can be set there is nothing to wait for, and the promise must not stay open.
        let set = scope()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms as i32)
            .and_then(|_| signal.add_event_listener_with_callback("abort", &resolve));
        if set.is_err() || signal.aborted() {
            let _ = resolve.call0(&resolve);
        }
    });
    // It is never rejected.
    let _ = JsFuture::from(promise).await;
}
