//! A model's tokenizer, held against known ids and against itself.

use engine::{Special, Voice};
use serde::Deserialize;

use super::finding::Findings;
use super::published::{LLAMA3_VOCABULARY, listed};

/// Texts and what Llama 3's tokenizer makes of them.
const VECTORS: &str = include_str!("llama3_vectors.json");
/// Special tokens that a model of Llama 3's vocabulary begins and ends with.
const SPECIALS: [(u32, &str); 4] = [
    (128_000, "<|begin_of_text|>"),
    (128_001, "<|end_of_text|>"),
    (128_008, "<|eom_id|>"),
    (128_009, "<|eot_id|>"),
];

#[derive(Deserialize)]
struct Vectors {
    strings: Vec<Vector>,
}

/// A text, and its ids without a BOS before them.
#[derive(Deserialize)]
struct Vector {
    text: String,
    ids: Vec<u32>,
}

/// Checks the tokenizer of a model of `vocab_size` embeddings.
pub fn check(findings: &mut Findings, voice: &Voice, vocab_size: u32, bos: Option<u32>) {
    let tokenizer = &voice.tokenizer;
    let found = tokenizer.vocab_size();
    findings.hold("tokens of the tokenizer", found, format!("at most {vocab_size}"), found <= vocab_size);
    let vectors: Vectors = serde_json::from_str(VECTORS).expect("the texts are our own");
    let vectors = vectors.strings;
    if vocab_size == LLAMA3_VOCABULARY {
        ids(findings, voice, &vectors);
        let names = |(id, _): &(u32, &str)| {
            let name = tokenizer.token(*id).filter(|_| tokenizer.is_special(*id));
            format!("{id} {}", name.unwrap_or_else(|| "no special token".to_owned()))
        };
        let expected = SPECIALS.iter().map(|(id, name)| format!("{id} {name}"));
        findings.equal("special tokens", listed(SPECIALS.iter().map(names)), Some(listed(expected)));
    } else {
        let why = format!("known for Llama 3's {LLAMA3_VOCABULARY} tokens alone");
        findings.skip("token ids of known texts", "", &why);
        findings.skip("special tokens", "", &why);
    }
    round_trip(findings, voice, &vectors);
    one_bos(findings, voice, bos);
}

fn ids(findings: &mut Findings, voice: &Voice, vectors: &[Vector]) {
    let encode = |vector: &Vector| voice.tokenizer.encode(&vector.text, Special::None).unwrap_or_default();
    let wrong: Vec<&Vector> = vectors.iter().filter(|vector| encode(vector) != vector.ids).collect();
    let right = vectors.len() - wrong.len();
    let (mut found, mut expected) =
        (format!("{right} of {} right", vectors.len()), format!("all of {}", vectors.len()));
    if let Some(vector) = wrong.first() {
        found.push_str(&format!(", {:?} gives {}", vector.text, listed(encode(vector).iter())));
        expected.push_str(&format!(", {}", listed(vector.ids.iter())));
    }
    findings.hold("token ids of known texts", found, expected, wrong.is_empty());
}

/// Special tokens have no text: where a text has one, it does not come back.
fn round_trip(findings: &mut Findings, voice: &Voice, vectors: &[Vector]) {
    let (mut texts, mut wrong) = (0, None);
    for Vector { text, .. } in vectors {
        let ids = voice.tokenizer.encode(text, Special::None).unwrap_or_default();
        if ids.iter().any(|id| voice.tokenizer.is_special(*id)) {
            continue;
        }
        texts += 1;
        let found = voice.text(&ids);
        if found != *text {
            wrong.get_or_insert((text, found));
        }
    }
    let what = "texts to ids and back";
    match wrong {
        None => findings.hold(what, format!("{texts} unchanged"), "unchanged", true),
        Some((text, found)) => findings.hold(what, format!("{found:?}"), format!("{text:?}"), false),
    }
}

fn one_bos(findings: &mut Findings, voice: &Voice, bos: Option<u32>) {
    let what = "BOS before a text that begins with it";
    let name = bos.and_then(|id| voice.tokenizer.token(id));
    let (Some(bos), Some(name)) = (bos, name) else {
        return findings.skip(what, "", "the model names no BOS");
    };
    if !voice.tokenizer.adds_bos() {
        return findings.skip(what, "", "the tokenizer adds none");
    }
    let ids = voice.tokenizer.encode(&format!("{name}Hello"), Special::AsConfigured).unwrap_or_default();
    findings.equal(what, ids.iter().filter(|id| **id == bos).count(), Some(1));
}
