//! Safetensors files and their index, damaged or lying.

use reckon_tests::{Case, Fixture, ModelFile, Run};
use serde_json::{Value, json};

use crate::{Refusal, assert_none};

const Q_PROJ: &str = "model.layers.0.self_attn.q_proj.weight";

/// A sound folder of less than a megabyte.
pub fn sound() -> Vec<ModelFile> {
    Case::named("one_token_bf16_sharded").folder()
}

/// Writes a folder, one of its files replaced.
pub fn write(fixture: &Fixture, name: &str, bytes: &[u8]) {
    for file in sound() {
        fixture.write(&file.name, if file.name == name { bytes } else { &file.bytes });
    }
    if !sound().iter().any(|file| file.name == name) {
        fixture.write(name, bytes);
    }
}

fn weights() -> Vec<u8> {
    sound().into_iter().find(|file| file.name == "model.safetensors").unwrap().bytes
}

/// The weights under a header that `change` has had.
fn with_header(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let whole = weights();
    let length = u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let mut header: Value = serde_json::from_slice(&whole[8..8 + length]).unwrap();
    change(&mut header);
    framed(header.to_string().as_bytes(), &whole[8 + length..])
}

fn framed(header: &[u8], data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header, data].concat()
}

fn with_length(length: u64) -> Vec<u8> {
    let mut bytes = weights();
    bytes[..8].copy_from_slice(&length.to_le_bytes());
    bytes
}

#[test]
fn safetensors_headers_that_lie_are_refused_before_any_weight_is_read() {
    let whole = weights();
    let entry = |key: &'static str, value: Value| with_header(|header| header[Q_PROJ][key] = value);
    let offsets = |begin: u64, end: u64| entry("data_offsets", json!([begin, end]));
    let nested = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let lies: Vec<(&str, &str, Vec<u8>)> = vec![
        ("no bytes", "bytes", Vec::new()),
        ("seven bytes", "bytes", whole[..7].to_vec()),
        ("half a header", "header", whole[..500].to_vec()),
        ("a header longer than the file", "header", with_length(whole.len() as u64)),
        ("a header of 200 MB", "header", with_length(200_000_000)),
        ("a header of 2^63 bytes", "header", with_length(1 << 63)),
        ("a header of all numbers", "header", with_length(u64::MAX)),
        ("a header that is no JSON", "header", framed(b"{\"a\":", &[])),
        ("a header that is no text", "header", framed(&[0xff; 64], &[])),
        ("a header that is a list", "header", framed(b"[]", &[])),
        ("a header nested too deep", "header", framed(&nested, &[])),
        ("an empty header", "model.embed_tokens.weight", framed(b"{}", &[])),
        ("overlapping ranges", "overlap", offsets(0, 96 * 96 * 2)),
        ("a range that ends before it begins", "q_proj", offsets(20_000, 1000)),
        ("a range past the end", "q_proj", offsets(1 << 40, (1 << 40) + 96 * 96 * 2)),
        ("a range past all numbers", "q_proj", offsets(u64::MAX - 10, u64::MAX)),
        ("a range shorter than the shape", "q_proj", offsets(0, 100)),
        ("offsets that are negative", "header", entry("data_offsets", json!([-5, 10]))),
        ("rows of another number", "q_proj", entry("shape", json!([95, 96]))),
        ("an absurd shape", "q_proj", entry("shape", json!([1u64 << 40, 1u64 << 40]))),
        ("three dimensions", "q_proj", entry("shape", json!([1, 96, 96]))),
        ("a type nobody knows", "F8_E4M3", entry("dtype", json!("F8_E4M3"))),
        ("integers", "I16", entry("dtype", json!("I16"))),
        (
            "a tensor missing",
            "q_proj",
            with_header(|header| {
                header.as_object_mut().unwrap().remove(Q_PROJ);
            }),
        ),
        (
            "a tensor that changes the result",
            "q_norm",
            with_header(|header| {
                header["model.layers.0.self_attn.q_norm.weight"] = header["model.norm.weight"].clone();
            }),
        ),
        ("data cut short", "cut short", whole[..whole.len() - 1000].to_vec()),
    ];
    let mut faults = Vec::new();
    for (what, says, bytes) in lies {
        let fixture = Fixture::default();
        write(&fixture, "model.safetensors", &bytes);
        faults.extend(Refusal::of(format!("safetensors with {what}"), says).header_faults(fixture.folder()));
    }
    assert_none(faults);
}

#[test]
fn an_index_that_lies_is_refused() {
    let index = |map: Value| json!({ "weight_map": map }).to_string().into_bytes();
    let lies: Vec<(&str, &str, Vec<u8>)> = vec![
        ("no JSON", "index", b"weights".to_vec()),
        ("no map", "index", b"{}".to_vec()),
        ("an empty map", "index", index(json!({}))),
        ("numbers for files", "index", index(json!({ Q_PROJ: 7 }))),
        ("a file that is not there", "shard-1", index(json!({ Q_PROJ: "shard-1.safetensors" }))),
        ("a way out of the folder", "../", index(json!({ Q_PROJ: "../model.safetensors" }))),
        ("an absolute path", "/etc/passwd", index(json!({ Q_PROJ: "/etc/passwd" }))),
    ];
    let mut faults = Vec::new();
    for (what, says, bytes) in lies {
        let fixture = Fixture::default();
        write(&fixture, "model.safetensors.index.json", &bytes);
        faults.extend(Refusal::of(format!("an index with {what}"), says).header_faults(fixture.folder()));
    }
    let fixture = Fixture::default();
    for file in sound().iter().filter(|file| file.name == "config.json") {
        fixture.write(&file.name, &file.bytes);
    }
    faults
        .extend(Refusal::of("a folder without weights", "model.safetensors").header_faults(fixture.folder()));
    assert_none(faults);
}

#[test]
fn safetensors_weights_that_are_not_finite_are_refused_by_name() {
    if !Run::has_adapter() {
        return;
    }
    let mut faults = Vec::new();
    for (name, at, bytes) in [(Q_PROJ, 30, [0xc0, 0x7f]), ("model.norm.weight", 4, [0x80, 0xff])] {
        let mut spoilt = weights();
        let length = u64::from_le_bytes(spoilt[..8].try_into().unwrap()) as usize;
        let header: Value = serde_json::from_slice(&spoilt[8..8 + length]).unwrap();
        let begin = header[name]["data_offsets"][0].as_u64().unwrap() as usize;
        let start = 8 + length + begin + at;
        spoilt[start..start + 2].copy_from_slice(&bytes);
        let fixture = Fixture::default();
        write(&fixture, "model.safetensors", &spoilt);
        let refusal = Refusal::of(format!("{name} with {bytes:02x?} at {at}"), "not finite");
        faults.extend(refusal.data_faults(fixture.folder()));
    }
    assert_none(faults);
}
