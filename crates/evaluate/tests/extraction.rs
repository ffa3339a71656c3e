//! Where the final answer of a text is found.

use reckon_evaluate::{Found, final_answer};

/// (text, the answer, how it is found).
const TEXTS: &[(&str, &str, Found)] = &[
    ("So it is $\\boxed{42}$.", "42", Found::Boxed),
    ("First \\boxed{1}, and then \\boxed{2}.", "2", Found::Boxed),
    ("\\boxed{\\frac{1}{\\sqrt{2}}}", "\\frac{1}{\\sqrt{2}}", Found::Boxed),
    ("\\boxed{\\{1, 2\\}} and more", "\\{1, 2\\}", Found::Boxed),
    ("\\boxed{\\left\\{ x \\right.}", "\\left\\{ x \\right.", Found::Boxed),
    ("\\fbox{7}", "7", Found::Boxed),
    ("it is $\\boxed 5$.", "5", Found::Boxed),
    ("it is $\\boxed\n{5}$.", "5", Found::Boxed),
    ("We write \\boxed around it: \\boxed{4}. I used \\boxed there.", "4", Found::Boxed),
    ("#### Step 2: add\nThis gives 7.", "7", Found::LastNumber),
    ("boxed{8}", "8", Found::Boxed),
    ("\\boxed{3} was wrong, and so was \\boxed{}", "3", Found::Boxed),
    ("\\boxed{12} again: \\boxed{1", "12", Found::Boxed),
    ("cut off: \\boxed{12", "12", Found::Boxed),
    ("It should be boxed. \\boxed{6}. I have boxed it.", "6", Found::Boxed),
    ("<think>\\boxed{1}</think> It is \\boxed{2}.", "2", Found::Boxed),
    ("<think>It is \\boxed{1}.</think> As I said.", "1", Found::Boxed),
    ("<think>\\boxed{1}, is it not", "1", Found::Boxed),
    ("\\boxed{9}. The answer is 10.", "9", Found::Boxed),
    ("The final answer is $\\frac{1}{2}$. I hope it is correct.", "\\frac{1}{2}", Found::Phrase),
    ("The answer is 5 apples. She has 7 more.", "5 apples", Found::Phrase),
    ("The answer is 3.25.", "3.25", Found::Phrase),
    ("the answer is: 4\nand 9 is not", "4", Found::Phrase),
    ("The answer is 1. No, the answer is 2.", "2", Found::Phrase),
    ("**Final answer:** $x=5$", "x=5", Found::Phrase),
    ("**Final Answer**\n\\[ 12 \\]", "12", Found::LastNumber),
    ("She sells 9 * 2 = $<<9*2=18>>18.\n#### 18", "18", Found::Phrase),
    ("It costs 1,450,000 dollars", "1,450,000", Found::LastNumber),
    ("from 3 to -4", "-4", Found::LastNumber),
    ("one of 1,2,3", "3", Found::LastNumber),
    ("section 4.1.12", "1.12", Found::LastNumber),
    ("from 0 to 12,345.60 metres", "12,345.60", Found::LastNumber),
    ("pages 3-4", "4", Found::LastNumber),
    ("about 3.5.", "3.5", Found::LastNumber),
    ("it is .25", ".25", Found::LastNumber),
    ("<think>17</think>Thus it is 18 or so", "18", Found::LastNumber),
    ("<think>17</think>Thus it is so", "17", Found::LastNumber),
];

#[test]
fn the_final_answer_is_found_where_it_stands() {
    for (text, expected, found) in TEXTS {
        let answer = final_answer(text).unwrap_or_else(|| panic!("{text}: no answer"));
        assert_eq!((answer.text.as_str(), answer.found), (*expected, *found), "{text}");
    }
}

#[test]
fn a_text_without_a_box_a_phrase_and_a_number_has_no_answer() {
    for text in [
        "",
        "I do not know.",
        "\\boxed{}",
        "\\boxed",
        "boxed",
        "#### ",
        "The answer is ",
        "</think>",
        "-",
        ".",
    ] {
        assert_eq!(final_answer(text), None, "{text}");
    }
}
