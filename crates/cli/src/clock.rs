//! Time, which nothing below the faces may read.

use std::time::Instant;

/// Counts from its start.
pub struct Clock(Instant);

impl Clock {
    /// One that begins now.
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl engine::Clock for Clock {
    fn now_ms(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1e3
    }

    /// Ends at once: in a terminal whatever waits for a GPU waits in its own call.
    async fn sleep(&self, _ms: f64) {}
}
