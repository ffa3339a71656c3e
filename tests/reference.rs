//! The reference forward pass against transformers, and the kernels against the reference.

use checkpoint::Dtype;
use reckon_tests::{Case, Figure, Fixture, Run};
use reference::Kv;

/// Both sum in another order: see F32_TOLERANCE of golden.rs. What the reference computes is nearer to f64.
const TOLERANCE: f32 = 2e-5;
/// The same weights on both sides; K and V are rounded to f16 on both, and one that falls on the other side of a rounding
/// edge moves by 5e-4 of itself.
const QUANTISED_TOLERANCE: f32 = 1e-3;

/// The same with caches that are not rounded: both sum in another order, as above.
const WHOLE_CACHE_TOLERANCE: f32 = 1e-4;

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
    for device in Run::devices() {
        every_dtype(device, Kv::F16, QUANTISED_TOLERANCE);
    }
}

#[test]
fn quantised_weights_and_whole_caches_are_within_rounding_of_the_reference() {
    every_dtype(Run::CPU, Kv::F32, WHOLE_CACHE_TOLERANCE);
}

fn every_dtype(device: &[&str], kv: Kv, tolerance: f32) {
    let kv_name = if kv == Kv::F16 { "f16" } else { "f32" };
    for dtype in [Dtype::Q8, Dtype::Q6K, Dtype::Q4, Dtype::Q4_1, Dtype::F16, Dtype::Bf16] {
        let mut worst = 0.0_f32;
        for case in Case::all().into_iter().filter(|case| case.ids.len() < LONG) {
            let expected = case.reference(Some(dtype), kv);
            let fixture = Fixture::default();
            let model = case.write(&fixture);
            let ways: [&[&str]; 2] = [&[], &["--prefill", "1"]];
            for way in &ways[..if case.ids.len() < 50 { 2 } else { 1 }] {
                let options = [device, &["--dtype", dtype.name(), "--kv", kv_name], *way].concat();
                let found = Run::logits(&model, &case.ids, &options);
                let figure = Figure::of(&found, &expected, case.vocab_size());
                assert!(figure.relative <= tolerance, "{options:?} {}: {figure}", case.name);
                worst = worst.max(figure.relative);
            }
        }
        let (device, dtype) = (device[1], dtype.name());
        println!(
            "{device:6} {dtype:4}, KV {kv_name}: worst {worst:.2e} of max|logit|, {tolerance:.0e} is tolerated"
        );
    }
}

#[test]
fn blocks_of_every_type_compute_what_the_reference_computes() {
    for (device, case) in
        Run::devices().into_iter().flat_map(|d| Case::of_blocks().into_iter().map(move |c| (d, c)))
    {
        let fixture = Fixture::default();
        let model = case.write(&fixture);
        for way in [&[][..], &["--prefill", "1"]] {
            let found = Run::logits(&model, &case.ids, &[device, &["--kv", "f32"], way].concat());
            let figure = Figure::of(&found, &case.logits, case.vocab_size());
            println!("{} {:20} {way:?} {figure}", device[1], case.name);
            assert!(figure.relative <= TOLERANCE, "{device:?} {} {way:?}: {figure}", case.name);
        }
    }
}
