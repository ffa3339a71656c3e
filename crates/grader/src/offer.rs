//! What a page can ask, and how it is asked where nobody says otherwise.

use evaluate::Suite;
use evaluate::protocol::{DATE, PROMPT, STOP, TEMPERATURE, TOP_P};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

/// `Offer` in JavaScript's words.
#[derive(Serialize)]
struct Offer {
    suites: Vec<Offered>,
    temperature: f32,
    top_p: f32,
    stop: [&'static str; 3],
    date: &'static str,
    prompt_positions: u32,
}

#[derive(Serialize)]
struct Offered {
    name: &'static str,
    title: &'static str,
    file: &'static str,
    source: [&'static str; 2],
}

/// The suites that need no code run, and the paper's settings, as `Offer` in JSON.
#[wasm_bindgen]
pub fn offer() -> String {
    let suites = Suite::ALL.into_iter().filter(|suite| *suite != Suite::HumanEval);
    let offered = |suite: Suite| Offered {
        name: suite.name(),
        title: suite.title(),
        file: suite.file(),
        source: suite.source(),
    };
    let offer = Offer {
        suites: suites.map(offered).collect(),
        temperature: TEMPERATURE,
        top_p: TOP_P,
        stop: STOP,
        date: DATE,
        prompt_positions: PROMPT,
    };
    serde_json::to_string(&offer).expect("an offer is plain data")
}
