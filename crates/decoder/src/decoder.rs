//! Weights and kernels of one model on one GPU.

use checkpoint::{Config, Held, KvDtype, Piece, Role};
use gpu::{Adapter, Device};
use kernels::{Heads, Kernels};

use crate::kv::kv_type;
use crate::matrix::weight_types;
use crate::weights::Weights;
use crate::{Error, Gpu};

/// A model on a GPU.
pub struct Decoder {
    pub(crate) device: Device,
    pub(crate) kernels: Kernels,
    pub(crate) weights: Weights,
    pub(crate) config: Config,
    pub(crate) kv: KvDtype,
    weights_bytes: u64,
}

impl Decoder {
    /// Compiles the kernels and makes room for the weights, which [`Decoder::write`] then brings; keys and values are held
    /// as `kv`.
    ///
    /// # Errors
    /// The GPU has no room, or refuses a kernel.
    pub async fn open(gpu: Gpu, config: &Config, held: &Held, kv: KvDtype) -> Result<Self, Error> {
        let Gpu { device } = gpu;
        let weights = Weights::allocate(&device, config, held).await?;
        let weights_bytes = device.allocated_bytes();
        let embedding = weight_types(&[held.dtype(Role::EmbedTokens, None)])[0];
        let types = weight_types(&held.dtypes());
        let heads = Heads::new(kv_type(kv), config.head_dim);
        let kernels = Kernels::new(&device, embedding, &types, heads).await?;
        Ok(Self { device, kernels, weights, config: config.clone(), kv, weights_bytes })
    }

    /// Puts a piece of a weight in its place.
    pub fn write(&self, piece: &Piece<'_>) {
        self.weights.write(&self.device, piece);
    }

    /// Holds every kernel against a known answer, and tells what went wrong since the device was opened.
    ///
    /// # Errors
    /// A kernel computes wrongly on this GPU, or the GPU failed.
    pub async fn check(&self) -> Result<(), Error> {
        self.kernels.check(&self.device).await?;
        Ok(self.device.check()?)
    }

    /// Who computes.
    pub fn adapter(&self) -> &Adapter {
        self.device.adapter()
    }

    /// How keys and values are held.
    pub fn kv(&self) -> KvDtype {
        self.kv
    }

    /// Bytes of the weights on the GPU.
    pub fn weights_bytes(&self) -> u64 {
        self.weights_bytes
    }

    /// Bytes of everything on the GPU.
    pub fn gpu_bytes(&self) -> u64 {
        self.device.allocated_bytes()
    }

    /// Tokens of one forward pass, at most: enough to unpack each weight once for many, few enough that a submit stays
    /// short.
    pub fn tokens_at_once(&self) -> u32 {
        if self.device.adapter().is_software { 64 } else { 256 }
    }

    /// Takes the device away, as a driver's reset would; for tests of what follows.
    pub fn lose_device(&self) {
        self.device.destroy();
    }
}
