//! Texts that were made to break a reader: each gets its verdict in no time.

use std::time::{Duration, Instant};

use reckon_evaluate::{final_answer, same};

/// What a debug build on a busy machine may take for one pair.
const MOST: Duration = Duration::from_millis(500);

/// What is repeated, and put together at random; each in its line, spaces and all.
const PARTS: &str = include_str!("hostile.txt");
/// Texts put together at random, and the parts of each.
const RANDOM_TEXTS: u32 = 20_000;
const MOST_PARTS: u64 = 12;

fn parts() -> Vec<&'static str> {
    PARTS.lines().filter(|part| !part.is_empty()).collect()
}

/// Texts that nest, repeat or grow.
fn hostile() -> Vec<String> {
    // Beyond what is read as mathematics, just within it, and where depths are limited.
    let sizes = [100_000, 4000, 200];
    let mut texts: Vec<String> =
        parts().iter().flat_map(|part| sizes.map(|bytes| part.repeat(bytes / part.len()))).collect();
    let deep = |depth: usize| format!("{}1{}", "\\frac{1}{".repeat(depth), "}".repeat(depth));
    texts.extend([10, 40, 100, 10_000].map(deep));
    texts.extend(["(", "{", "\\{", "["].map(|open| format!("{}1,2{}", open.repeat(300), ")".repeat(300))));
    let towers = ["9^9^9^9", "9^{9^{9^{9}}}", "99999!", "((((9!)!)!)!)!", "10^{10^{10}}", "(1+i)^{99999999}"];
    texts.extend(towers.map(str::to_owned));
    let strange =
        ["NaN", "-inf", "\\infty", "0/0", "1/0", "\\frac00", "٣", "１２", "−−5", "\\", "0^{-1}", "\0"];
    texts.extend(strange.map(str::to_owned));
    texts.extend([format!("0.{}", "3".repeat(3000)), "9".repeat(4000), "x+".repeat(2000) + "x"]);
    texts
}

#[test]
fn hostile_texts_get_a_verdict_at_once() {
    for text in hostile() {
        let head: String = text.chars().take(20).collect();
        let started = Instant::now();
        let found = final_answer(&text);
        assert!(
            started.elapsed() < MOST,
            "{head}… of {} bytes: found after {:?}",
            text.len(),
            started.elapsed()
        );
        for (answer, gold) in
            [(text.as_str(), "17"), ("17", text.as_str()), (&text, "(1, x]"), (&text, "\\{1,2\\}")]
        {
            let started = Instant::now();
            assert!(!same(answer, gold), "{head}… of {} bytes is not equal", text.len());
            assert!(started.elapsed() < MOST, "{head}… of {} bytes: {:?}", text.len(), started.elapsed());
        }
        let started = Instant::now();
        same(&text, &format!("{text} "));
        assert!(started.elapsed() < 2 * MOST, "{head}… against itself: {:?}", started.elapsed());
        if let Some(answer) = found {
            assert!(text.contains(&answer.text), "{head}…: the answer is a part of the text");
        }
    }
}

#[test]
fn what_is_undefined_or_too_large_equals_nothing_else() {
    for text in ["0/0", "1/0", "\\frac00", "9^9^9^9", "99999!", "NaN", "\\ln 0", "0^{-1}"] {
        for other in ["0", "1", "\\infty", "-\\infty", "2/0", "10^{400}", "inf"] {
            assert!(!same(text, other) && !same(other, text), "{text} and {other}");
        }
    }
}

#[test]
fn texts_put_together_at_random_are_judged_without_a_panic() {
    let parts = parts();
    // The multiplier and the increment are Knuth's.
    let mut state = 1_u64;
    let mut below = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut before = String::from("1");
    let mut judged_same = 0;
    for _ in 0..RANDOM_TEXTS {
        let text: String =
            (0..=below(MOST_PARTS)).map(|_| parts[below(parts.len() as u64) as usize]).collect();
        assert!(same(&text, &text) || text.trim().is_empty(), "{text} is itself");
        judged_same += u32::from(same(&text, &before));
        if let Some(answer) = final_answer(&text) {
            assert!(text.contains(&answer.text), "{text}: the answer is a part of it");
        }
        before = text;
    }
    assert!(judged_same < RANDOM_TEXTS / 100, "{judged_same} of {RANDOM_TEXTS} equal the text before them");
}
