//! Texts that were made to break a reader: each gets its verdict in no time.

use std::time::{Duration, Instant};

use reckon_evaluate::{final_answer, same};

/// What a debug build on a busy machine may take for one pair.
const MOST: Duration = Duration::from_millis(500);

/// Patterns that nest, repeat or grow.
fn hostile() -> Vec<String> {
    let repeated = [
        "{",
        "}",
        "(",
        "[",
        "\\{",
        "\\frac",
        "\\frac{",
        "\\frac{1}{",
        "1\\frac{",
        "\\sqrt{",
        "\\sqrt",
        "\\left(",
        "|",
        "||x",
        "^",
        "x^",
        "2^{",
        "9^",
        "-",
        "+",
        "\\pm",
        "\\pm x",
        "!",
        "5!",
        "°",
        "_",
        "x_{",
        "1_",
        ",",
        "1,",
        "1,234",
        ";",
        "=",
        "x=",
        "<",
        "1<x<",
        "\\in ",
        "\\cup ",
        "(1,2)\\cup",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        "\\begin{pmatrix}1&",
        "&",
        "\\\\",
        "\\",
        "\\text{",
        "\\text{a}",
        "\\boxed{",
        "\\boxed{}",
        "\\boxed",
        "boxed",
        "</think>",
        "The answer is ",
        "####",
        "\\sin ",
        "\\sin^",
        "\\log_",
        "\\binom{",
        "\\lfloor ",
        "%",
        "$",
        "/",
        "1/",
        "1 ",
        "0.",
        ".",
        "e",
        "1e9",
        "\\overline{3}",
        "é",
        "∞",
        "²",
        "𝟙",
        "\u{200b}",
        "\u{202e}",
        "\0",
        "i",
        "sqrt",
        " or ",
        "word ",
        "0",
        "9",
        "a",
        "\n",
        "\\,",
        ",\\!",
        "{,}",
    ];
    let mut texts: Vec<String> = Vec::new();
    for part in repeated {
        // Beyond what is read as mathematics, just within it, and where depths are limited.
        texts.extend([100_000, 4000, 200].map(|bytes| part.repeat(bytes / part.len())));
    }
    let deep = |depth: usize| format!("{}1{}", "\\frac{1}{".repeat(depth), "}".repeat(depth));
    texts.extend([deep(10), deep(40), deep(100), deep(10_000)]);
    texts.extend(["(", "{", "\\{", "["].map(|open| format!("{}1,2{}", open.repeat(300), ")".repeat(300))));
    let towers = [
        "9^9^9^9",
        "9^{9^{9^{9}}}",
        "99999!",
        "((((9!)!)!)!)!",
        "10^{10^{10}}",
        "(1+i)^{99999999}",
        "2^{-10^9}",
    ];
    texts.extend(towers.map(str::to_owned));
    let strange = [
        "NaN", "nan", "inf", "-inf", "\\infty", "0/0", "1/0", "\\frac00", "٣", "１２", "−−5", "\\", "\\u",
        "0^{-1}",
    ];
    texts.extend(strange.map(str::to_owned));
    texts.extend([
        format!("0.{}", "3".repeat(3000)),
        "9".repeat(4000),
        "x+".repeat(2000) + "x",
        "x".repeat(3),
    ]);
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
            [(text.as_str(), "5"), ("5", text.as_str()), (&text, "(1, x]"), (&text, "\\{1,2\\}")]
        {
            let started = Instant::now();
            let verdict = same(answer, gold);
            assert!(
                started.elapsed() < MOST,
                "{head}… of {} bytes: judged after {:?}",
                text.len(),
                started.elapsed()
            );
            let is_five =
                text.trim_matches('0') == "5" || verdict && text.chars().all(|c| "\\,{}5 !".contains(c));
            assert!(!verdict || is_five, "{head}… is not {gold}");
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
