//! A run as tables: on a screen, and in the README of a folder of runs.

use std::fmt::Write;

use super::record::{Decode, Document, Kernels, Prefill, Run, Spread, figure};
use crate::inspect::{grouped, megabytes};

const DECODE: [&str; 9] = [
    "depth",
    "tokens/s",
    "GB/s",
    "bytes/token",
    "from",
    "dispatches/token",
    "encode, us",
    "await, us",
    "in flight",
];
const PREFILL: [&str; 3] = ["prompt", "ms", "tokens/s"];
const KERNELS: [&str; 8] =
    ["kernel", "for", "shape", "a token", "us each", "us a token", "GB/s", "% of the copy"];

/// A run, for a terminal.
pub fn of(run: &Run) -> String {
    let mut text = format!("{}\n{}\n", title(run), about(run));
    let mut put = |head: &[&str], rows: Vec<Vec<String>>| {
        text.push('\n');
        text.push_str(&aligned(head, &rows));
    };
    put(&DECODE, run.decode.iter().map(decode).collect());
    put(&PREFILL, run.prefill.iter().map(prefill).collect());
    if let Some(kernels) = &run.kernels {
        put(&KERNELS, rows(kernels));
        text.push_str(&ceiling(kernels));
        text.push('\n');
    }
    text.push_str(&notes(run));
    text
}

/// The README of a folder of runs.
pub fn readme(document: &Document) -> String {
    let Some(last) = document.runs.last() else { return String::new() };
    let day = last.at.split('T').next().unwrap_or_default();
    let mut text = format!(
        "# {}, {day}\n\nBy `reckon bench`, in [bench.json](bench.json); [plot](bench.svg). Medians (least to most).\n",
        last.device.adapter
    );
    for run in &document.runs {
        let _ = write!(text, "\n## {}\n\n{}\n\n", title(run), about(run));
        text.push_str(&markdown(&DECODE, &run.decode.iter().map(decode).collect::<Vec<_>>()));
        text.push('\n');
        text.push_str(&markdown(&PREFILL, &run.prefill.iter().map(prefill).collect::<Vec<_>>()));
        text.push('\n');
        if let Some(kernels) = &run.kernels {
            text.push_str(&markdown(&KERNELS, &rows(kernels)));
            text.push('\n');
            text.push_str(&ceiling(kernels));
            text.push('\n');
        }
        text.push_str(&notes(run));
    }
    text
}

/// What ran, in a line.
pub fn title(run: &Run) -> String {
    format!("{}, {}, on {}", run.model.name, run.model.dtypes.join(" and "), run.device.kind)
}

fn about(run: &Run) -> String {
    let slow = if run.optimised { "" } else { ", NOT BUILT FOR SPEED" };
    format!(
        "{}; reckon {}{slow}; {}; keys and values {}; each figure measured {} times",
        run.device.adapter, run.reckon, run.system, run.model.kv, run.repeat
    )
}

fn decode(decode: &Decode) -> Vec<String> {
    let maybe = |spread: Option<Spread>| spread.map_or("-".to_owned(), |spread| spread.to_string());
    vec![
        decode.depth.to_string(),
        decode.tokens_per_s.to_string(),
        decode.gb_per_s.to_string(),
        megabytes(decode.bytes_per_token.total()),
        decode.bytes_per_token.from.clone(),
        decode.dispatches_per_token.to_string(),
        maybe(decode.encode_us),
        maybe(decode.await_us),
        decode.tokens_in_flight.to_string(),
    ]
}

fn prefill(prefill: &Prefill) -> Vec<String> {
    vec![prefill.tokens.to_string(), prefill.ms.to_string(), prefill.tokens_per_s.to_string()]
}

fn rows(kernels: &Kernels) -> Vec<Vec<String>> {
    let row = |kernel: &super::record::Kernel| {
        vec![
            kernel.kernel.clone(),
            kernel.of.clone(),
            kernel.shape.clone(),
            kernel.dispatches.to_string(),
            kernel.us.to_string(),
            figure(kernel.us_per_token),
            figure(kernel.gb_per_s),
            figure(kernel.percent_of_copy),
        ]
    };
    kernels.kernels.iter().map(row).collect()
}

fn ceiling(kernels: &Kernels) -> String {
    let sum: f64 = kernels.kernels.iter().map(|kernel| kernel.us_per_token).sum();
    format!(
        "After {} positions, by {}; all kernels of a token: {} us. A copy of {}: {} GB/s read and written.\n",
        kernels.depth,
        kernels.timed_by,
        figure(sum),
        megabytes(kernels.copy_bytes / 2),
        kernels.copy_gb_per_s
    )
}

fn notes(run: &Run) -> String {
    let first = &run.first_token;
    let peak = run.memory.peak_rss_bytes;
    let mut text = format!(
        "First token after {} tokens: {} ms, {} ms the first time; loaded in {} ms.\nMemory: weights {}, GPU {}, process {}; {} parameters.\n",
        first.prompt_tokens,
        first.ms,
        figure(first.first_ms),
        figure(run.load_ms),
        megabytes(run.memory.weights_bytes),
        megabytes(run.memory.gpu_bytes),
        peak.map_or("not told".to_owned(), megabytes),
        grouped(run.model.parameters),
    );
    if !run.left_out.is_empty() {
        let _ =
            writeln!(text, "Left out, the context holds {}: {}.", run.model.context, run.left_out.join(", "));
    }
    text
}

fn aligned(head: &[&str], rows: &[Vec<String>]) -> String {
    let cells = |at: usize| rows.iter().map(move |row| row[at].chars().count());
    let widths: Vec<usize> =
        (0..head.len()).map(|at| cells(at).fold(head[at].chars().count(), usize::max)).collect();
    let line = |row: Vec<&str>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let body = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    std::iter::once(line(head.to_vec())).chain(body).collect()
}

fn markdown(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let body = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    [line(head.to_vec()), line(head.iter().map(|_| "---").collect())].into_iter().chain(body).collect()
}
