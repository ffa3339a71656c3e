//! What was handed to the GPU.

/// Work the GPU was handed, for whoever waits until it is done.
#[derive(Clone, Debug)]
pub struct Submission {
    #[cfg_attr(
        target_arch = "wasm32",
        expect(dead_code, reason = "a browser's promises come by themselves")
    )]
    pub(crate) index: wgpu::SubmissionIndex,
}
