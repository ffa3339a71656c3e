//! One submit: dispatches in order in one pass, then copies.

use std::rc::Rc;

use crate::{BindGroup, Buffer, Device, Pipeline, Readback, Submission, Timer};

/// Dispatches that are noted without a second allocation: those of a token.
const DISPATCHES: usize = 256;

/// Work recorded for the GPU; nothing runs before [`Frame::submit`].
pub struct Frame {
    encoder: wgpu::CommandEncoder,
    pass: Option<wgpu::ComputePass<'static>>,
    /// What the pass runs until another is set.
    pipeline: Option<Pipeline>,
    /// Kept so that nothing a recorded dispatch names is freed before it is submitted.
    groups: Vec<BindGroup>,
}

impl Device {
    /// An empty frame.
    pub fn frame(&self) -> Frame {
        let encoder = self.raw().create_command_encoder(&wgpu::CommandEncoderDescriptor { label: None });
        Frame { encoder, pass: None, pipeline: None, groups: Vec::with_capacity(DISPATCHES) }
    }

    /// An empty frame whose pass notes its beginning and its end.
    pub fn timed_frame(&self, timer: &Timer) -> Frame {
        let mut frame = self.frame();
        let writes = wgpu::ComputePassTimestampWrites {
            query_set: &timer.queries,
            beginning_of_pass_write_index: Some(0),
            end_of_pass_write_index: Some(1),
        };
        let descriptor = wgpu::ComputePassDescriptor { label: None, timestamp_writes: Some(writes) };
        frame.pass = Some(frame.encoder.begin_compute_pass(&descriptor).forget_lifetime());
        frame
    }
}

impl Frame {
    /// Runs a kernel over `workgroups` after everything recorded before.
    pub fn dispatch(&mut self, pipeline: &Pipeline, group: &BindGroup, workgroups: [u32; 3]) {
        let encoder = &mut self.encoder;
        let pass = self.pass.get_or_insert_with(|| {
            encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default()).forget_lifetime()
        });
        if !self.pipeline.as_ref().is_some_and(|set| Rc::ptr_eq(&set.raw, &pipeline.raw)) {
            pass.set_pipeline(&pipeline.raw);
            self.pipeline = Some(pipeline.clone());
        }
        pass.set_bind_group(0, &group.0.raw, &[]);
        pass.dispatch_workgroups(workgroups[0], workgroups[1], workgroups[2]);
        self.groups.push(group.clone());
    }

    /// Copies `size_bytes` from the start of one buffer to the start of another; ends the pass.
    pub fn copy(&mut self, from: &Buffer, to: &Buffer, size_bytes: u64) {
        self.end_pass();
        self.encoder.copy_buffer_to_buffer(&from.0.raw, 0, &to.0.raw, 0, size_bytes);
    }

    /// Copies `size_bytes` from the start of a buffer to where the host reads; ends the pass.
    pub fn read_back(&mut self, from: &Buffer, to: &Readback, size_bytes: u64) {
        self.copy(from, to.buffer(), size_bytes);
    }

    /// Ends the pass of a timed frame; its time comes by [`Timer::read_us`] once the frame is submitted.
    pub fn stop(&mut self, timer: &Timer) {
        self.end_pass();
        self.encoder.resolve_query_set(&timer.queries, 0..2, &timer.resolved.0.raw, 0);
        self.read_back(&timer.resolved, &timer.readback, timer.resolved.size_bytes());
    }

    /// Bytes of the buffers that dispatches recorded so far bind, each buffer once; those of `without` do not count.
    pub fn bound_bytes(&self, without: &[&Buffer]) -> u64 {
        // Some hundreds: a set of them would be code that nothing else here needs.
        let mut seen: Vec<_> = without.iter().map(|buffer| Rc::as_ptr(&buffer.0)).collect();
        let mut bytes = 0;
        for buffer in self.groups.iter().flat_map(|group| &group.0.buffers) {
            if !seen.contains(&Rc::as_ptr(&buffer.0)) {
                seen.push(Rc::as_ptr(&buffer.0));
                bytes += buffer.size_bytes();
            }
        }
        bytes
    }

    /// Dispatches recorded so far.
    pub fn dispatches(&self) -> u32 {
        self.groups.len() as u32
    }

    /// Hands the work to the GPU.
    pub fn submit(mut self, device: &Device) -> Submission {
        self.end_pass();
        Submission { index: device.queue().submit([self.encoder.finish()]) }
    }

    fn end_pass(&mut self) {
        self.pass = None;
        self.pipeline = None;
    }
}
