//! Runs as a picture: how many tokens a second at each depth, and how near each kernel comes to the copy.

use super::record::{Document, Run, Spread, figure};
use super::table::title;

const WIDTH: f64 = 900.0;
const NAMES_WIDTH: f64 = 340.0;
const BAR_WIDTH: f64 = 420.0;
const ROW_HEIGHT: f64 = 24.0;
const HEAD_HEIGHT: f64 = 52.0;
const STYLE: &str = "text{font:12px sans-serif;fill:#222}.head{font-weight:bold}.bar{fill:#b9c7d8}.kernel{fill:#e0a458}\
                     line{stroke:#222}";

/// One bar.
struct Bar {
    name: String,
    /// What the bar and its range show.
    value: Spread,
    words: String,
    kind: &'static str,
}

/// All runs of a document, one below the other.
pub fn of(document: &Document) -> String {
    let mut top = 0.0;
    let mut parts = Vec::new();
    for run in &document.runs {
        let panels = [("tokens a second, decoding", decode(run)), ("% of a copy's bandwidth", kernels(run))];
        for (what, bars) in panels.into_iter().filter(|(_, bars)| !bars.is_empty()) {
            let head = format!("{}: {what}", title(run));
            parts.push(format!("<g transform=\"translate(0 {top})\">{}</g>", panel(&head, &bars)));
            top += HEAD_HEIGHT + bars.len() as f64 * ROW_HEIGHT;
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{}\">\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{}\n</svg>\n",
        top + 16.0,
        parts.join("\n")
    )
}

fn decode(run: &Run) -> Vec<Bar> {
    let bar = |decode: &super::record::Decode| Bar {
        name: format!("after {} positions", decode.depth),
        value: decode.tokens_per_s,
        words: format!("{}, {} GB/s", figure(decode.tokens_per_s.median), figure(decode.gb_per_s.median)),
        kind: "bar",
    };
    run.decode.iter().map(bar).collect()
}

fn kernels(run: &Run) -> Vec<Bar> {
    let bar = |kernel: &super::record::Kernel| {
        let percent = |us: f64| kernel.percent_of_copy * kernel.us.median / us;
        Bar {
            name: format!("{}, {}", kernel.of, kernel.shape),
            value: Spread {
                median: kernel.percent_of_copy,
                least: percent(kernel.us.most),
                most: percent(kernel.us.least),
                samples: kernel.us.samples,
            },
            words: format!("{} %, {} us", figure(kernel.percent_of_copy), figure(kernel.us.median)),
            kind: "bar kernel",
        }
    };
    run.kernels.iter().flat_map(|kernels| &kernels.kernels).map(bar).collect()
}

/// A bar for each median, a line from least to most.
fn panel(head: &str, bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.value.most).fold(f64::MIN_POSITIVE, f64::max);
    let x = |value: f64| NAMES_WIDTH + value / most * BAR_WIDTH;
    let rows = bars.iter().enumerate().map(|(row, Bar { name, value, words, kind })| {
        let y = HEAD_HEIGHT + (row as f64 + 0.5) * ROW_HEIGHT - 12.0;
        format!(
            "{}<rect class=\"{kind}\" x=\"{NAMES_WIDTH}\" y=\"{}\" width=\"{:.1}\" height=\"16\"/>\
             <line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y}\" y2=\"{y}\"/>{}",
            text(8.0, y + 4.0, name, ""),
            y - 8.0,
            x(value.median) - NAMES_WIDTH,
            x(value.least),
            x(value.most),
            text(x(value.most) + 6.0, y + 4.0, words, ""),
        )
    });
    std::iter::once(text(8.0, 28.0, head, "head")).chain(rows).collect()
}

fn text(x: f64, y: f64, words: &str, kind: &str) -> String {
    let safe = words.replace('&', "&amp;").replace('<', "&lt;");
    format!("<text class=\"{kind}\" x=\"{x:.1}\" y=\"{y:.1}\">{safe}</text>")
}
