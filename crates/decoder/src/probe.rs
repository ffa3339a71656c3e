//! A GPU that is open and holds no model yet, and how fast it is.

use bytemuck::bytes_of;
use checkpoint::Dtype;
use gpu::{Adapter, Device, Readback, Usage};
use kernels::{Shape, Step, WeightType, matmul_residual};

use crate::Error;

/// Products that are timed as one.
const PRODUCTS: u32 = 4;

/// An open GPU.
pub struct Gpu {
    pub(crate) device: Device,
}

impl Gpu {
    /// Opens the adapter the system prefers; where `default_limits`, within WebGPU's defaults even if it offers more; with
    /// `timestamps` where it is to be measured.
    ///
    /// # Errors
    /// There is no adapter, or it gives no device.
    pub async fn open(default_limits: bool, timestamps: bool) -> Result<Self, Error> {
        Ok(Self { device: Device::open(&gpu::Options { default_limits, timestamps }).await? })
    }

    /// Who computes.
    pub fn adapter(&self) -> &Adapter {
        self.device.adapter()
    }

    /// Gives it back.
    pub fn close(self) {
        self.device.destroy();
    }

    /// Milliseconds that a product of a square q4 matrix of `side` rows with one token takes here, once its kernel is
    /// compiled; `None` where it is not compiled and timed by `until_ms`.
    ///
    /// # Errors
    /// The GPU has no room, refuses the kernel, or is lost.
    pub async fn probe(
        &self,
        side: u32,
        until_ms: f64,
        now_ms: &dyn Fn() -> f64,
    ) -> Result<Option<f64>, Error> {
        let (device, weight) = (&self.device, WeightType::Q4);
        let shape = Shape { weight, rows: side, blocks: side / 32 };
        let buffer = async |bytes: usize| device.buffer("a probe", bytes as u64, Usage::Storage).await;
        let rows = side as usize;
        let params = matmul_residual::Params {
            rows: side,
            blocks: side / 32,
            first_row: 0,
            stride: side,
            has_bias: 0,
        };
        let step = Step { tokens: 1, ..Step::default() };
        let quants = buffer(rows * Dtype::Q4.quants_bytes_per_row(side)).await?;
        let scales = buffer(rows * Dtype::Q4.scales_bytes_per_row(side)).await?;
        let [y, bias, x] = [buffer(rows * 4).await?, buffer(16).await?, buffer(rows * 4).await?];
        let buffers = matmul_residual::Buffers {
            params: &device.upload("a probe", bytes_of(&params), Usage::Uniform).await?,
            step: &device.upload("a probe", bytes_of(&step), Usage::Uniform).await?,
            quants: &quants,
            scales: &scales,
            y: &y,
            bias: &bias,
            x: &x,
        };
        let kernel = matmul_residual::kernel(device, &[weight], device.adapter().is_software).await?;
        let group = matmul_residual::bind(&kernel, device, &buffers);
        let readback = Readback::new(device, "a probe", 16).await?;
        let run = async |products: u32| {
            let mut frame = device.frame();
            (0..products).for_each(|_| kernel.record(&mut frame, shape, &group, 1));
            frame.read_back(&x, &readback, 16);
            frame.submit(device);
            readback.read(device, 16, |_| ()).await
        };
        // A driver may compile at the first use only.
        run(1).await?;
        let started_ms = now_ms();
        if started_ms >= until_ms {
            return Ok(None);
        }
        run(PRODUCTS).await?;
        Ok(Some((now_ms() - started_ms) / f64::from(PRODUCTS)))
    }
}
