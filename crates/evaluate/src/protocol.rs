//! How problems are asked: as the paper asked them, and what it leaves open the same everywhere.

/// The paper's temperature.
pub const TEMPERATURE: f32 = 0.6;
/// The paper's top-p.
pub const TOP_P: f32 = 0.95;
/// What ends an answer beside the model's own end, as in the paper's script.
pub const STOP: [&str; 3] = ["</s>", "<|im_end|>", "<|endoftext|>"];
/// For a template that names the day: what Llama's own names where nobody tells it, so that no answer hangs on today.
pub const DATE: &str = "2024-07-26T00:00:00";
/// Positions for the prompt beside those of the answer.
pub const PROMPT: u32 = 2048;
