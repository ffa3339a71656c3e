//! How many bytes a decoded token moves.

use crate::work::Work;
use crate::{Decoder, Timeline};

/// Bytes that a decoded token reads, summed from what its dispatches bind; activations, some KB, aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Of weights: every buffer that a product binds, once.
    pub weights_bytes: u64,
    /// Of keys and values: what attention binds, as far as there are positions.
    pub kv_bytes: u64,
}

impl Timeline {
    /// What a token moves that stands after `positions` others.
    pub fn traffic(&self, decoder: &Decoder, positions: u32) -> Traffic {
        let mut frame = decoder.device.frame();
        // Of the embedding a token reads one row; where it is the head as well it is counted there.
        let products = Work::ALL.iter().filter(|work| !work.matrices(&decoder.weights).is_empty());
        products.for_each(|work| work.record(decoder, self, positions, &mut frame));
        let weights_bytes = frame.bound_bytes(&self.activations.buffers());
        let bound: u64 =
            self.caches.iter().map(|cache| cache.keys.size_bytes() + cache.values.size_bytes()).sum();
        let kv_bytes = bound / u64::from(self.capacity) * u64::from(positions + 1);
        Traffic { weights_bytes, kv_bytes }
    }
}
