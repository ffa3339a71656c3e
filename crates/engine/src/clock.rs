//! Time, as a face has it.

/// What tells time. The faces implement it; nothing below them reads a clock.
#[expect(async_fn_in_trait, reason = "futures stay on the thread that made them, in a tab and in a terminal")]
pub trait Clock {
    /// Milliseconds since some fixed moment; never goes backwards.
    fn now_ms(&self) -> f64;

    /// Waits so long at least; a face whose futures never wait for anything else may end at once.
    async fn sleep(&self, ms: f64);
}
