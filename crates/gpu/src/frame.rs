//! One submit: dispatches in order in one pass, then copies.

use crate::{BindGroup, Buffer, Device, Pipeline, Readback};

/// Work recorded for the GPU; nothing runs before [`Frame::submit`].
pub struct Frame {
    encoder: wgpu::CommandEncoder,
    pass: Option<wgpu::ComputePass<'static>>,
    /// Kept so that nothing a recorded dispatch names is freed before it is submitted.
    groups: Vec<BindGroup>,
}

impl Device {
    /// An empty frame.
    pub fn frame(&self) -> Frame {
        let encoder = self.raw().create_command_encoder(&wgpu::CommandEncoderDescriptor { label: None });
        Frame { encoder, pass: None, groups: Vec::new() }
    }
}

impl Frame {
    /// Runs a kernel over `workgroups` after everything recorded before.
    pub fn dispatch(&mut self, pipeline: &Pipeline, group: &BindGroup, workgroups: [u32; 3]) {
        let encoder = &mut self.encoder;
        let pass = self.pass.get_or_insert_with(|| {
            encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default()).forget_lifetime()
        });
        pass.set_pipeline(&pipeline.raw);
        pass.set_bind_group(0, &group.0.raw, &[]);
        pass.dispatch_workgroups(workgroups[0], workgroups[1], workgroups[2]);
        self.groups.push(group.clone());
    }

    /// Copies `size_bytes` from the start of one buffer to the start of another; ends the pass.
    pub fn copy(&mut self, from: &Buffer, to: &Buffer, size_bytes: u64) {
        self.pass = None;
        self.encoder.copy_buffer_to_buffer(&from.0.raw, 0, &to.0.raw, 0, size_bytes);
    }

    /// Copies `size_bytes` from the start of a buffer to where the host reads; ends the pass.
    pub fn read_back(&mut self, from: &Buffer, to: &Readback, size_bytes: u64) {
        self.copy(from, to.buffer(), size_bytes);
    }

    /// Dispatches recorded so far.
    pub fn dispatches(&self) -> u32 {
        self.groups.len() as u32
    }

    /// Hands the work to the GPU.
    pub fn submit(mut self, device: &Device) {
        self.pass = None;
        device.queue().submit([self.encoder.finish()]);
    }
}
