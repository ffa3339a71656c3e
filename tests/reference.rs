//! The reference forward pass against transformers, and the kernels against the reference.

use checkpoint::Dtype;
use reckon_tests::{Case, Figure, Fixture, Run};
use reference::Kv;

/// Both sum in another order: see F32_TOLERANCE of golden.rs. What the reference computes is nearer to f64.
const TOLERANCE: f32 = 2e-5;
/// The same weights on both sides; K and V are rounded to f16 on both, and one that falls on the other side of a rounding
/// edge moves by 5e-4 of itself.
const QUANTISED_TOLERANCE: f32 = 1e-3;

/// From so many tokens on the reference takes seconds a case, and shorter ones say the same.
const LONG: usize = 400;

#[test]
fn the_reference_computes_what_transformers_computes() {
    let mut worst = 0.0_f32;
    for case in Case::all() {
        let logits = case.reference(None, Kv::F32);
        let figure = Figure::of(&case.chosen(&logits), &case.logits, case.vocab_size());
        println!("reference {:46} {figure}", case.name);
        assert!(figure.relative <= TOLERANCE, "{}: {figure}, {TOLERANCE:.0e} is tolerated", case.name);
        worst = worst.max(figure.relative);
    }
    println!("reference worst: {worst:.2e} of max|logit|");
}

#[test]
fn quantised_weights_compute_what_the_reference_computes() {
    if !Run::has_adapter() {
        return;
    }
    for dtype in [Dtype::Q8, Dtype::Q6K, Dtype::Q4, Dtype::Q4_1, Dtype::F16, Dtype::Bf16] {
        let mut worst = 0.0_f32;
        for case in Case::all().into_iter().filter(|case| case.ids.len() < LONG) {
            let expected = case.reference(Some(dtype), Kv::F16);
            let fixture = Fixture::default();
            let model = case.write(&fixture);
            let ways: [&[&str]; 2] = [&[], &["--prefill", "1"]];
            for way in &ways[..if case.ids.len() < 50 { 2 } else { 1 }] {
                let options = [&["--dtype", dtype.name(), "--kv", "f16"], *way].concat();
                let found = Run::logits(&model, &case.ids, &options);
                let figure = Figure::of(&found, &expected, case.vocab_size());
                let what = format!("{} {} {way:?}", dtype.name(), case.name);
                assert!(figure.relative <= QUANTISED_TOLERANCE, "{what}: {figure}");
                worst = worst.max(figure.relative);
            }
        }
        println!(
            "{:5} worst: {worst:.2e} of max|logit|, {QUANTISED_TOLERANCE:.0e} is tolerated",
            dtype.name()
        );
    }
}

#[test]
fn blocks_of_every_type_compute_what_the_reference_computes() {
    if !Run::has_adapter() {
        return;
    }
    for case in Case::of_blocks() {
        let fixture = Fixture::default();
        let model = case.write(&fixture);
        for way in [&[][..], &["--prefill", "1"]] {
            let found = Run::logits(&model, &case.ids, &[&["--kv", "f32"], way].concat());
            let figure = Figure::of(&found, &case.logits, case.vocab_size());
            println!("{:20} {way:?} {figure}", case.name);
            assert!(figure.relative <= TOLERANCE, "{} {way:?}: {figure}", case.name);
        }
    }
}
