//! GGUF files that are damaged or lie.

use reckon_tests::gguf::{Entry, File};
use reckon_tests::{Case, Fixture, Run};

use crate::{Refusal, assert_none};

type Spoil = Box<dyn Fn(&mut File)>;

fn sound() -> File {
    Case::named("tiny_text").gguf()
}

fn set(key: &'static str, entry: Entry) -> Spoil {
    Box::new(move |file| *file.entry(key) = entry.clone())
}

fn add(key: &'static str, entry: Entry) -> Spoil {
    Box::new(move |file| {
        file.entries.push((key.to_owned(), entry.clone()));
        file.entry_count += 1;
    })
}

/// Spoils one thing; the line that refuses it must hold the words in the middle.
type Lie = (&'static str, &'static str, Spoil);

fn lies_of_the_header() -> Vec<Lie> {
    vec![
        ("another magic", "GGUF", Box::new(|file| file.magic = *b"GGML")),
        ("version 1", "version", Box::new(|file| file.version = 1)),
        ("version 99", "version", Box::new(|file| file.version = 99)),
        ("big-endian", "big-endian", Box::new(|file| file.version = 3 << 24)),
        ("absurdly many tensors", "tensors", Box::new(|file| file.tensor_count = 1 << 60)),
        ("one tensor too many", "", Box::new(|file| file.tensor_count += 1)),
        ("absurdly many keys", "key-values", Box::new(|file| file.entry_count = u64::MAX)),
        ("a key twice", "twice", add("llama4.block_count", Entry::U32(3))),
        ("an alignment of zero", "alignment", add("general.alignment", Entry::U32(0))),
        ("an alignment of 24", "alignment", add("general.alignment", Entry::U32(24))),
        ("a part without the others", "a part of 2", add("split.count", Entry::U32(2))),
        ("a part of another number", "part 2 by its header", add("split.no", Entry::U32(1))),
        ("a part of another whole", "tensors in all", add("split.tensors.count", Entry::U32(99))),
        ("an alignment of 2^31", "alignment", add("general.alignment", Entry::U32(1 << 31))),
    ]
}

fn lies_about_the_model() -> Vec<Lie> {
    let u32s = |key, value| set(key, Entry::U32(value));
    vec![
        ("another architecture", "qwen3", set("general.architecture", Entry::Text("qwen3".to_owned()))),
        ("experts", "experts", u32s("llama4.expert_count", 16)),
        ("a layer too many", "blk.3", u32s("llama4.block_count", 4)),
        ("a layer too few", "blk.2", u32s("llama4.block_count", 2)),
        ("four billion layers", "layers", u32s("llama4.block_count", u32::MAX)),
        ("no layers", "layers", u32s("llama4.block_count", 0)),
        ("a number as text", "block_count", set("llama4.block_count", Entry::Text("3".to_owned()))),
        ("another width", "shape", u32s("llama4.embedding_length", 128)),
        ("an absurd width", "hidden_size", u32s("llama4.embedding_length", u32::MAX)),
        ("a width of zero", "hidden_size", u32s("llama4.embedding_length", 0)),
        ("another feed-forward width", "shape", u32s("llama4.feed_forward_length", 192)),
        ("no heads", "heads", u32s("llama4.attention.head_count", 0)),
        ("absurdly many heads", "heads", u32s("llama4.attention.head_count", 1 << 31)),
        ("key heads that do not divide", "divide", u32s("llama4.attention.head_count_kv", 4)),
        ("no key heads", "heads", u32s("llama4.attention.head_count_kv", 0)),
        ("an odd head", "", u32s("llama4.attention.key_length", 15)),
        ("values of another length", "value_length", u32s("llama4.attention.value_length", 32)),
        (
            "an epsilon that is no number",
            "eps",
            set("llama4.attention.layer_norm_rms_epsilon", Entry::F32(f32::NAN)),
        ),
        ("a base of zero", "rope", set("llama4.rope.freq_base", Entry::F32(0.0))),
        ("a context of zero", "", u32s("llama4.context_length", 0)),
    ]
}

fn lies_about_tensors() -> Vec<Lie> {
    let first = |change: fn(&mut reckon_tests::gguf::Description)| -> Spoil {
        Box::new(move |file| change(file.tensor("blk.0.attn_q.weight")))
    };
    vec![
        (
            "a tensor missing",
            "blk.1.ffn_up",
            Box::new(|file| {
                file.tensors.retain(|tensor| tensor.name != "blk.1.ffn_up.weight");
                file.tensor_count -= 1;
            }),
        ),
        ("a tensor twice", "twice", first(|tensor| tensor.name = "blk.0.attn_k.weight".to_owned())),
        (
            "a tensor nobody knows",
            "",
            Box::new(|file| {
                let mut more = file.tensors[1].clone();
                more.name = "blk.0.attn_q_norm.weight".to_owned();
                file.tensors.push(more);
                file.tensor_count += 1;
            }),
        ),
        (
            "rows and columns exchanged",
            "shape",
            Box::new(|file| file.tensor("blk.0.attn_k.weight").dimensions.reverse()),
        ),
        ("absurd dimensions", "shape", first(|tensor| tensor.dimensions = vec![1 << 33, 1 << 33])),
        ("no dimension", "dimensions", first(|tensor| tensor.dimensions.clear())),
        ("ninety dimensions", "dimensions", first(|tensor| tensor.dimensions = vec![1; 90])),
        ("a K-quant of narrow rows", "multiple of 256", first(|tensor| tensor.kind = 12)),
        ("a type that is not supported", "Q2_K", first(|tensor| tensor.kind = 10)),
        ("a type nobody knows", "99", first(|tensor| tensor.kind = 99)),
        ("a range past the end", "attn_q", first(|tensor| tensor.offset = 1 << 40)),
        ("a range past all numbers", "attn_q", first(|tensor| tensor.offset = u64::MAX - 31)),
        ("a range off its boundary", "attn_q", first(|tensor| tensor.offset += 4)),
        ("ranges that overlap", "overlap", first(|tensor| tensor.offset -= 32)),
        ("two tensors in one place", "overlap", first(|tensor| tensor.offset = 0)),
        ("data cut short", "cut short", Box::new(|file| file.data.truncate(file.data.len() - 1000))),
        ("no data", "cut short", Box::new(|file| file.data.clear())),
    ]
}

#[test]
fn gguf_headers_that_lie_are_refused_before_any_weight_is_read() {
    let mut faults = Vec::new();
    for (what, says, spoil) in
        lies_of_the_header().into_iter().chain(lies_about_the_model()).chain(lies_about_tensors())
    {
        let mut file = sound();
        spoil(&mut file);
        let fixture = Fixture::default();
        let model = fixture.write("model.gguf", &file.bytes());
        faults.extend(Refusal::of(format!("GGUF with {what}"), says).header_faults(&model));
    }
    assert_none(faults);
}

#[test]
fn gguf_headers_that_end_early_or_count_absurdly_are_refused() {
    let whole = sound().bytes();
    let mut faults = Vec::new();
    for length in [0, 3, 4, 8, 15, 24, 30, 100, 1000, 5000, whole.len() - sound().data.len() - 40] {
        let fixture = Fixture::default();
        let model = fixture.write("model.gguf", &whole[..length]);
        faults.extend(Refusal::of(format!("a GGUF of {length} bytes"), "").header_faults(&model));
    }
    // The first key's length, and the length of a list: places where a count decides what is allocated.
    let list = b"tokenizer.ggml.tokens";
    let at = whole.windows(list.len()).position(|window| window == list).unwrap() + list.len() + 8;
    for (what, at) in [("a key", 24), ("a list", at)] {
        for count in [1 << 31, 1 << 40, 1 << 60, u64::MAX] {
            let mut bytes = whole.clone();
            bytes[at..at + 8].copy_from_slice(&u64::to_le_bytes(count));
            let fixture = Fixture::default();
            let model = fixture.write("model.gguf", &bytes);
            faults.extend(Refusal::of(format!("{what} of {count} entries"), "").header_faults(&model));
        }
    }
    assert_none(faults);
}

#[test]
fn gguf_weights_that_are_not_finite_are_refused_by_name() {
    if !Run::has_adapter() {
        return;
    }
    let mut faults = Vec::new();
    // (case, tensor, byte within it, bytes to put there): an f16 NaN, an f16 infinity, NaN and infinite scales and
    // minima, an f32 NaN in a norm.
    let spots: [(&str, &str, usize, &[u8]); 10] = [
        ("tiny_text", "blk.2.ffn_down.weight", 1000, &[0x00, 0x7e]),
        ("tiny_text", "token_embd.weight", 2, &[0x00, 0xfc]),
        ("tiny_text", "blk.1.attn_norm.weight", 8, &[0x00, 0x00, 0xc0, 0x7f]),
        ("llama4_gguf_mixed", "blk.1.ffn_gate.weight", 18 * 3, &[0x00, 0x7e]),
        ("llama4_gguf_mixed", "token_embd.weight", 34, &[0x00, 0x7c]),
        ("llama_gguf_q4_1", "blk.0.attn_q.weight", 20 * 7 + 2, &[0x01, 0xfe]),
        ("llama4_gguf_q5_0", "blk.0.attn_q.weight", 22 * 5, &[0x00, 0x7e]),
        ("llama4_gguf_q5_1", "blk.1.ffn_up.weight", 24 * 9 + 2, &[0x00, 0xfc]),
        ("llama4_gguf_q5_k", "token_embd.weight", 176 * 3 + 2, &[0x00, 0x7c]),
        ("llama4_gguf_q6_k", "blk.1.ffn_down.weight", 210 * 4 + 208, &[0xff, 0x7f]),
    ];
    let blocks = Case::of_blocks();
    for (case, name, at, bytes) in spots {
        let of_blocks = blocks.iter().find(|of_blocks| of_blocks.name == case);
        let mut file = of_blocks.map_or_else(|| Case::named(case).gguf(), Case::gguf);
        let start = file.tensor(name).offset as usize + at;
        file.data[start..start + bytes.len()].copy_from_slice(bytes);
        let fixture = Fixture::default();
        let model = fixture.write("model.gguf", &file.bytes());
        let refusal = Refusal::of(format!("{case}: {name} with {bytes:02x?} at {at}"), "not finite");
        faults.extend(refusal.data_faults(&model));
    }
    assert_none(faults);
}
