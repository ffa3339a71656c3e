//! A model's weights on this processor.

use checkpoint::{Config, Held, KvDtype, Piece};

use crate::cache::PageShape;
use crate::crew::Crew;
use crate::product::Activations;
use crate::simd::Machine;
use crate::weights::Weights;
use crate::{Error, known_answer};

/// Tokens of one forward pass, at most: enough to unpack each weight once for many, few enough that an abort is soon heard.
const TOKENS_AT_ONCE: usize = 64;

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

    /// How activations are multiplied with quantised weights.
    pub fn activations(&self) -> Activations {
        self.activations
    }

    /// Bytes of the weights in memory.
    pub fn weights_bytes(&self) -> u64 {
        self.weights.size_bytes()
    }

    /// Tokens of one forward pass, at most.
    pub fn tokens_at_once(&self) -> usize {
        TOKENS_AT_ONCE
    }

    pub(crate) fn page_shape(&self) -> PageShape {
        PageShape {
            dtype: self.kv,
            head_dim: self.config.head_dim as usize,
            kv_heads: self.config.num_key_value_heads as usize,
        }
    }
}
