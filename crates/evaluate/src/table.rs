//! A summary in words, for a person: the same in a terminal and on a page.

use crate::{Suite, Summary};

impl Summary {
    /// What was asked of what.
    pub fn title(&self) -> String {
        let conditions = &self.conditions;
        let suite = Suite::parse(&conditions.suite).map_or("", Suite::title);
        let dtypes = conditions.dtypes.join(" and ");
        format!("{suite}: {}, {dtypes}, KV {}, {}", conditions.model, conditions.kv, conditions.adapter)
    }

    /// What it came to: names, and what there is to say.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let Self { conditions, asked, samples, .. } = self;
        let [least, median, most] = self.tokens;
        let problems = conditions.problems;
        [
            Some((
                "asked",
                format!("{asked} of {problems} problems, {samples} each, seed {}", conditions.seed),
            )),
            Some(("drawn", self.drawn())),
            Some(("right", self.right_in_words())),
            self.paper_in_words().map(|words| ("the paper", words)),
            Some(("ended", counts(&self.ended))),
            Some(("answers found", counts(&self.found))),
            Some(("tokens an answer", format!("{median} by the median, {least} to {most}"))),
            Some(("time", self.time_in_words())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn drawn(&self) -> String {
        let conditions = &self.conditions;
        format!(
            "temperature {}, top-p {}, at most {} tokens in {} positions",
            conditions.temperature, conditions.top_p, conditions.max_tokens, conditions.context
        )
    }

    fn right_in_words(&self) -> String {
        let Self { right, answers, not_run, .. } = self;
        let Some(share) = self.share else {
            return format!("unknown: the code of {not_run} answers was not run, see --run-code");
        };
        let [share, least, most] = [share.share, share.least, share.most].map(|share| 100.0 * share);
        format!("{right} of {answers}: {share:.1} %, 95 %: {least:.1} to {most:.1}")
    }

    fn paper_in_words(&self) -> Option<String> {
        let paper = self.paper?;
        let place = match self.has_paper() {
            Some(true) => ", within ours",
            Some(false) => ", not within ours",
            None => "",
        };
        Some(format!("{:.1} % for {}{place}", paper.percent, paper.model))
    }

    fn time_in_words(&self) -> String {
        let rate = self.tokens_written as f64 / self.seconds;
        format!("{:.0} s, {rate:.1} tokens/s", self.seconds)
    }
}

fn counts<'a>(counts: impl IntoIterator<Item = (&'a (impl AsRef<str> + 'a), &'a u32)>) -> String {
    let words: Vec<String> =
        counts.into_iter().map(|(name, count)| format!("{} {count}", name.as_ref())).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use crate::record::Conditions;
    use crate::record::tests::{answered, conditions};
    use crate::{Judged, Summary};

    #[test]
    fn a_summary_is_told_row_by_row_and_the_papers_figure_where_there_is_one() {
        let answers = [answered(0, 0, "\\boxed{4}"), answered(2, 0, "5")];
        let judged: Vec<Judged> = answers.iter().map(|answer| Judged::of(answer, "4")).collect();
        let summary = Summary::of(&conditions(), &judged);
        assert_eq!(summary.title(), "GSM8K: a, q4, KV f16, a processor");
        let rows = [
            ("asked", "2 of 3 problems, 1 each, seed 0"),
            ("drawn", "temperature 0.6, top-p 0.95, at most 32 tokens in 64 positions"),
            ("right", "1 of 2: 50.0 %, 95 %: 9.5 to 90.5"),
            ("ended", "stop 2"),
            ("answers found", "boxed 1, the last number 1"),
            ("tokens an answer", "2 by the median, 2 to 2"),
            ("time", "0 s, 1333.3 tokens/s"),
        ];
        assert_eq!(summary.rows(), rows.map(|(name, words)| (name, words.to_owned())));
        let known = Conditions { model: "SmolLM2-135M-Instruct".into(), ..conditions() };
        let paper = Summary::of(&known, &judged).rows().remove(3);
        assert_eq!(paper, ("the paper", "2.4 % for SmolLM2-135M-Instruct, not within ours".to_owned()));
    }
}
