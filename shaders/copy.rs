//! `copy.wgsl` on the host: its bindings, its dispatch.

use gpu::{BindGroup, Binding, Buffer, Device, Error, Frame, Layout, Pipeline, Shader};

pub(crate) const SOURCE: &str = include_str!("copy.wgsl");

const WORKGROUP_SIZE: u64 = 256;
/// Bytes of an invocation: four vectors of four floats.
const BYTES_EACH: u64 = 64;

/// The kernel; no forward pass runs it.
#[derive(Clone, Debug)]
pub struct CopyKernel {
    layout: Layout,
    pipeline: Pipeline,
}

impl CopyKernel {
    /// Compiles the kernel.
    ///
    /// # Errors
    /// The shader is refused.
    pub async fn new(device: &Device) -> Result<Self, Error> {
        let layout = device.layout("copy", &[Binding::Read, Binding::ReadWrite]);
        let constants = [("WORKGROUP_SIZE", WORKGROUP_SIZE as f64)];
        let shader = Shader { label: "copy", source: SOURCE, entry: "copy", constants: &constants };
        let pipeline = device.pipeline(&layout, &shader).await?;
        Ok(Self { layout, pipeline })
    }

    /// Binds what is copied and where it goes, of the same size.
    pub fn bind(&self, device: &Device, x: &Buffer, y: &Buffer) -> BindGroup {
        device.bind_group(&self.layout, &[x, y])
    }

    /// Records the copy of `size_bytes`, 1 GB at most.
    pub fn record(&self, frame: &mut Frame, group: &BindGroup, size_bytes: u64) {
        let workgroups = size_bytes.div_ceil(BYTES_EACH * WORKGROUP_SIZE) as u32;
        frame.dispatch(&self.pipeline, group, [workgroups, 1, 1]);
    }
}
