//! A model's weights on this processor.

use checkpoint::{Config, Held, KvDtype, Piece};

use crate::cache::PageShape;
use crate::crew::Crew;
use crate::product::Activations;
use crate::simd::Machine;
use crate::weights::Weights;
use crate::{Error, known_answer};

/// Products of one forward pass, about: a second of a browser's worker, after which an abort is heard.
const PRODUCTS_AT_ONCE: u64 = 16_000_000_000;
/// Tokens of one forward pass: whole tiles at least, and at most as many as share a panel in a cache of the processor.
const TOKENS_AT_ONCE: [u64; 2] = [8, 64];

/// How to hold a model.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How keys and values are held.
    pub kv: KvDtype,
    /// How activations are multiplied with quantised weights.
    pub activations: Activations,
    /// Threads that share the work; 0 is one for each core. A browser's worker has one.
    pub threads: usize,
}

/// A model in memory, and who computes it.
pub struct Decoder {
    pub(crate) machine: Machine,
    pub(crate) crew: Crew,
    pub(crate) weights: Weights,
    pub(crate) config: Config,
    pub(crate) activations: Activations,
    kv: KvDtype,
    held: Held,
}

impl Decoder {
    /// Makes room for the weights, which [`Decoder::write`] then brings.
    ///
    /// # Errors
    /// There is no memory.
    pub fn open(config: &Config, held: &Held, options: &Options) -> Result<Self, Error> {
        Ok(Self {
            machine: Machine::find(),
            crew: Crew::new(options.threads),
            weights: Weights::allocate(config, held)?,
            config: config.clone(),
            activations: options.activations,
            kv: options.kv,
            held: held.clone(),
        })
    }

    /// Puts a piece of a weight in its place.
    pub fn write(&mut self, piece: &Piece<'_>) {
        self.weights.write(piece);
    }

    /// Holds the products of every type in use against plain arithmetic.
    ///
    /// # Errors
    /// This processor computes one of them wrongly.
    pub fn check(&self) -> Result<(), Error> {
        self.held.dtypes().into_iter().try_for_each(|dtype| known_answer::check(self.machine, dtype))
    }

    /// Who computes: the instructions in use, and how many threads.
    pub fn name(&self) -> String {
        let threads = self.crew.threads();
        format!("CPU, {}, {threads} thread{}", self.machine.name(), if threads == 1 { "" } else { "s" })
    }

    /// How keys and values are held.
    pub fn kv(&self) -> KvDtype {
        self.kv
    }

    /// Bytes of the weights in memory.
    pub fn weights_bytes(&self) -> u64 {
        self.weights.size_bytes()
    }

    /// Tokens of one forward pass, at most.
    pub fn tokens_at_once(&self) -> usize {
        let [least, most] = TOKENS_AT_ONCE;
        (PRODUCTS_AT_ONCE / self.config.matrix_elements() / least * least).clamp(least, most) as usize
    }

    pub(crate) fn page_shape(&self) -> PageShape {
        PageShape {
            dtype: self.kv,
            head_dim: self.config.head_dim as usize,
            kv_heads: self.config.num_key_value_heads as usize,
        }
    }
}
