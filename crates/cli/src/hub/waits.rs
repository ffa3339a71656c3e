//! Patience with a server that does not answer.

use std::thread::sleep;
use std::time::Duration;

/// How long is waited before each new try; after the last it is given up.
const WAITS: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(20),
];

/// Waits that grow. A try that brought something deserves new ones.
#[derive(Default)]
pub struct Waits {
    used: usize,
}

impl Waits {
    /// Waits; `false` where it was enough.
    pub fn pause(&mut self) -> bool {
        let wait = WAITS.get(self.used);
        self.used += 1;
        wait.copied().map(sleep).is_some()
    }
}
