//! How far loading has come.

/// How far loading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Weight bytes that are in place, as the files have them.
    pub loaded_bytes: u64,
    /// Of these, bytes that were kept from an earlier visit.
    pub kept_bytes: u64,
    /// Weight bytes there are; 0 until the headers are read.
    pub total_bytes: u64,
}

/// What loading does, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Reading configuration, tokenizer and headers.
    #[default]
    Headers,
    /// Streaming weights to where they are computed with.
    Weights,
    /// Holding each kernel against a known answer.
    Checking,
}
