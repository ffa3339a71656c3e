//! `reckon inspect`: what a checkpoint is, and what it takes to run it.

use std::collections::BTreeMap;

use engine::Opened;
use serde::Serialize;

use crate::arguments::Inspect;
use crate::place::Place;
use crate::print;

/// Positions for which memory is told.
const CONTEXTS: [u32; 3] = [2048, 4096, 32_768];

/// What is told of a checkpoint.
#[derive(Serialize)]
struct Report {
    architecture: String,
    num_hidden_layers: u32,
    hidden_size: u32,
    intermediate_size: u32,
    num_attention_heads: u32,
    num_key_value_heads: u32,
    head_dim: u32,
    vocab_size: u32,
    max_position_embeddings: u32,
    rope_theta: f64,
    tie_word_embeddings: bool,
    parameters: u64,
    /// Tensors by how the file stores them.
    file_dtypes: BTreeMap<&'static str, usize>,
    /// Matrices by how they would be held.
    held_dtypes: Vec<&'static str>,
    file_bytes: u64,
    weights_bytes: u64,
    /// Weights read for one decoded token: all of them, the embedding once.
    bytes_per_token: u64,
    kv_f16_bytes_per_position: u64,
    notes: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Inspect) -> Result<(), String> {
    let opened = Place::find(&arguments.path, arguments.offline)?.open().await?;
    let report = report(&opened, arguments);
    if arguments.json {
        print::line(serde_json::to_string_pretty(&report).map_err(|err| err.to_string())?);
    } else {
        tell(&report);
    }
    Ok(())
}

fn report(opened: &Opened, arguments: &Inspect) -> Report {
    let checkpoint = &opened.checkpoint;
    let config = &checkpoint.config;
    let held = checkpoint.held(arguments.dtype);
    let weights_bytes = checkpoint.tensors.iter().map(|tensor| held.bytes(tensor)).sum();
    let is_unread = |role| role == checkpoint::Role::EmbedTokens && !config.tie_word_embeddings;
    let unread = checkpoint.tensors.iter().filter(|tensor| is_unread(tensor.role));
    let unread_bytes: u64 = unread.map(|tensor| held.bytes(tensor)).sum();
    let mut file_dtypes = BTreeMap::new();
    for tensor in &checkpoint.tensors {
        *file_dtypes.entry(tensor.dtype.name()).or_default() += 1;
    }
    Report {
        architecture: format!("{:?}", config.architecture),
        num_hidden_layers: config.num_hidden_layers,
        hidden_size: config.hidden_size,
        intermediate_size: config.intermediate_size,
        num_attention_heads: config.num_attention_heads,
        num_key_value_heads: config.num_key_value_heads,
        head_dim: config.head_dim,
        vocab_size: config.vocab_size,
        max_position_embeddings: config.max_position_embeddings,
        rope_theta: config.rope_theta,
        tie_word_embeddings: config.tie_word_embeddings,
        parameters: checkpoint.parameters(),
        file_dtypes,
        held_dtypes: held.dtypes().into_iter().map(checkpoint::Dtype::name).collect(),
        file_bytes: checkpoint.files.iter().map(|file| file.size_bytes).sum(),
        weights_bytes,
        bytes_per_token: weights_bytes - unread_bytes,
        kv_f16_bytes_per_position: config.kv_elements_per_position() * 2,
        notes: held.notes().to_vec(),
    }
}

fn tell(report: &Report) {
    let count = |dtypes: &BTreeMap<&str, usize>| -> String {
        dtypes.iter().map(|(dtype, count)| format!("{dtype} x{count}")).collect::<Vec<_>>().join(", ")
    };
    let tied = if report.tie_word_embeddings { "tied to" } else { "apart from" };
    print::line(format_args!("{}, {} parameters", report.architecture, grouped(report.parameters)));
    print::line(format_args!(
        "  {} layers, hidden {}, feed-forward {}, {} heads of {} over {} of keys, vocabulary {}, head {tied} the embedding",
        report.num_hidden_layers,
        report.hidden_size,
        report.intermediate_size,
        report.num_attention_heads,
        report.head_dim,
        report.num_key_value_heads,
        report.vocab_size,
    ));
    print::line(format_args!(
        "  up to {} positions, rope theta {}",
        report.max_position_embeddings, report.rope_theta
    ));
    print::line(format_args!("file     {}: {}", megabytes(report.file_bytes), count(&report.file_dtypes)));
    print::line(format_args!(
        "held as  {}: {}",
        report.held_dtypes.join(", "),
        megabytes(report.weights_bytes)
    ));
    report.notes.iter().for_each(|note| print::line(format_args!("         {note}")));
    print::line(format_args!("a token reads {} of weights", megabytes(report.bytes_per_token)));
    print::line(format_args!(
        "a position keeps {} bytes of f16 keys and values",
        grouped(report.kv_f16_bytes_per_position)
    ));
    for context in CONTEXTS.into_iter().filter(|context| *context <= report.max_position_embeddings) {
        let bytes = report.weights_bytes + u64::from(context) * report.kv_f16_bytes_per_position;
        print::line(format_args!("         {context:>6} positions need {} in all", megabytes(bytes)));
    }
}

/// Bytes in millions.
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Digits in threes.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
