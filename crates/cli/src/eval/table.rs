//! What an evaluation came to, as a person reads it.

use std::fmt::Write;

use evaluate::{Suite, Summary};

/// A table of one suite.
pub fn of(summary: &Summary) -> String {
    let Summary { conditions, asked, samples, answers, right, not_run, .. } = summary;
    let suite = Suite::parse(&conditions.suite).map_or("", Suite::title);
    let mut text = format!(
        "{suite}: {}, {}, KV {}, {}\n",
        conditions.model,
        conditions.dtypes.join(" and "),
        conditions.kv,
        conditions.adapter
    );
    let mut row = |name: &str, words: String| {
        writeln!(text, "  {name:20} {words}").expect("a text takes what is written");
    };
    row(
        "asked",
        format!("{asked} of {} problems, {samples} each, seed {}", conditions.problems, conditions.seed),
    );
    row(
        "drawn",
        format!(
            "temperature {}, top-p {}, at most {} tokens in {} positions",
            conditions.temperature, conditions.top_p, conditions.max_tokens, conditions.context
        ),
    );
    match summary.share {
        Some(share) => {
            let [least, most] = [share.least, share.most].map(|share| 100.0 * share);
            row(
                "right",
                format!("{right} of {answers}: {:.1} %, 95 %: {least:.1} to {most:.1}", 100.0 * share.share),
            );
        }
        None => row("right", format!("unknown: the code of {not_run} answers was not run, see --run-code")),
    }
    if let Some(paper) = summary.paper {
        let place = match summary.has_paper() {
            Some(true) => ", within ours",
            Some(false) => ", not within ours",
            None => "",
        };
        row("the paper", format!("{:.1} % for {}{place}", paper.percent, paper.model));
    }
    row("ended", counts(&summary.ended));
    row("answers found", counts(&summary.found));
    let [least, median, most] = summary.tokens;
    row("tokens an answer", format!("{median} by the median, {least} to {most}"));
    row(
        "time",
        format!("{:.0} s, {:.1} tokens/s", summary.seconds, summary.tokens_written as f64 / summary.seconds),
    );
    text
}

fn counts<'a>(counts: impl IntoIterator<Item = (&'a (impl AsRef<str> + 'a), &'a u32)>) -> String {
    let words: Vec<String> =
        counts.into_iter().map(|(name, count)| format!("{} {count}", name.as_ref())).collect();
    words.join(", ")
}
