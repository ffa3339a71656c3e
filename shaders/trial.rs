//! The kernels on whatever adapter there is, at sizes 1, odd, real, and not a multiple of a workgroup.

use gpu::{Device, Options};
use pollster::block_on;

use crate::known_answer::{Bench, whole};
use crate::known_attention::Rules;
use crate::known_token::noisy;
use crate::rank_logits::Bias;
use crate::truth::Choice;
use crate::{Heads, Kernels, KvType, Sampling, WeightType, attention, sample};

/// Runs `body` with the kernels for a software adapter and with those for hardware, on the adapter there is.
pub(crate) fn on_both_kinds(weights: &[WeightType], kv: KvType, body: impl AsyncFn(&Bench<'_>)) {
    on_both_kinds_for(weights, Heads::new(kv, attention::MAX_HEAD_DIM), body);
}

fn on_both_kinds_for(weights: &[WeightType], heads: Heads, body: impl AsyncFn(&Bench<'_>)) {
    let device = match block_on(Device::open(&Options { default_limits: true, timestamps: false })) {
        Ok(device) => device,
        Err(err) => {
            assert!(std::env::var("CI").is_err(), "could not run: {err}");
            eprintln!("NOT RUN: {err}");
            return;
        }
    };
    for is_software in [true, false] {
        let kernels = Kernels::for_kind(&device, weights[0], weights, heads, is_software);
        let kernels = block_on(kernels).unwrap_or_else(|err| panic!("{err}"));
        block_on(body(&Bench { device: &device, kernels: &kernels }));
    }
}

#[test]
fn known_answers_are_given() {
    for kv in [KvType::F16, KvType::F32] {
        on_both_kinds(&WeightType::ALL, kv, async |bench| {
            bench.kernels.check(bench.device).await.unwrap_or_else(|err| panic!("{err}"));
        });
    }
}

#[test]
fn embeddings_of_every_type_are_read() {
    for weight in WeightType::ALL {
        on_both_kinds(&[weight], KvType::F16, async |bench| bench.embed(weight).await.unwrap());
    }
}

#[test]
fn matrices_of_every_type_and_shape_are_multiplied() {
    on_both_kinds(&WeightType::ALL, KvType::F16, async |bench| {
        for weight in WeightType::ALL {
            for (tokens, rows, columns) in [
                (1, 1, 32),
                (4, 3, 64),
                (1, 130, 544),
                (9, 961, 576),
                (1, 961, 576),
                (2, 257, 1536),
                (1, 2500, 64),
            ] {
                let columns = whole(weight, columns);
                bench.rms_norm_matmul(weight, tokens, rows, columns).await.unwrap();
                bench.matmul_residual(weight, tokens, rows, columns).await.unwrap();
            }
            for (tokens, rows, columns) in [(1, 32, 32), (7, 160, 96), (1, 1536, 576), (1, 2528, 64)] {
                bench.rms_norm_gate_up_swiglu(weight, tokens, rows, whole(weight, columns)).await.unwrap();
            }
        }
    });
}

/// `[heads, kv_heads, head_dim]`, by how much room heads are given.
const SHAPES: [(u32, &[[usize; 3]]); 3] = [
    (64, &[[9, 3, 64], [24, 6, 64], [6, 6, 16], [20, 1, 8]]),
    (128, &[[4, 2, 128], [3, 1, 96]]),
    (256, &[[2, 1, 256], [9, 3, 64]]),
];

/// Runs `body` for each shape, with both types of cache.
fn for_every_shape(body: impl AsyncFn(&Bench<'_>, KvType, [usize; 3])) {
    for (kv, (dim, shapes)) in SHAPES.into_iter().flat_map(|room| [(KvType::F16, room), (KvType::F32, room)])
    {
        on_both_kinds_for(&[WeightType::F32], Heads::new(kv, dim), async |bench| {
            for &shape in shapes {
                body(bench, kv, shape).await;
            }
        });
    }
}

#[test]
fn attention_is_right_for_every_shape() {
    for_every_shape(async |bench, kv, shape| {
        for capacity in [1, 3, 64, 65, 200] {
            for (is_bounded, chunk) in [(0, 0), (1, 0), (0, 5)] {
                bench.attention(kv, shape, capacity, is_bounded, chunk).await.unwrap();
            }
        }
    });
}

#[test]
fn a_token_attends_in_one_dispatch_and_in_splits() {
    for_every_shape(async |bench, kv, shape| {
        for (position, splits) in
            [(0, 1), (0, 2), (1, 1), (2, 7), (63, 1), (64, 3), (65, 100), (300, 1), (777, 4)]
        {
            for rules in Rules::ALL {
                let answer = bench.rope_qk_norm_attention(kv, shape, position, splits, rules).await;
                answer.unwrap_or_else(|err| panic!("{shape:?} {position} {splits} {rules:?}: {err}"));
            }
        }
    });
}

/// Draws of a softmax over so many.
const DRAWS: u32 = 4000;

fn on_both_kinds_of_samplers(body: impl AsyncFn(&Bench<'_>)) {
    on_both_kinds(&[WeightType::F32], KvType::F32, body);
}

#[test]
fn tokens_are_chosen_from_vocabularies_of_every_size() {
    on_both_kinds_of_samplers(async |bench| {
        for (vocab_size, draws) in
            [(1, 3), (2, 20), (33, 40), (256, 40), (257, 40), (5000, 40), (128_256, 20)]
        {
            bench
                .sample_in_every_way(vocab_size, draws)
                .await
                .unwrap_or_else(|err| panic!("{vocab_size}: {err}"));
        }
    });
}

#[test]
fn draws_follow_the_softmax() {
    on_both_kinds_of_samplers(async |bench| {
        let sampling = Sampling { temperature: 1.0, ..Sampling::greedy(5) };
        let choice = Choice { logits: vec![1.0, 0.0, -1.0, 2.0, 0.5], ..noisy(sampling) };
        let total: f64 = choice.logits.iter().map(|logit| f64::from(*logit).exp()).sum();
        let tokens = bench.tokens(&choice, DRAWS).await.unwrap();
        let square = |(id, logit): (u32, &f32)| {
            let expected = f64::from(*logit).exp() / total * f64::from(DRAWS);
            let count = tokens.iter().filter(|token| **token == id).count() as f64;
            (count - expected).powi(2) / expected
        };
        let chi_square: f64 = (0..).zip(&choice.logits).map(square).sum();
        // 4 degrees of freedom: beyond 18.5 once in a thousand.
        assert!(chi_square < 18.5, "{chi_square}");
    });
}

#[test]
fn among_equals_the_lower_ids_are_kept_and_every_one_of_them_is_drawn() {
    on_both_kinds_of_samplers(async |bench| {
        let tokens = async |vocab_size, sampling: Sampling| {
            let choice = Choice { logits: vec![-1.5; vocab_size as usize], ..noisy(sampling) };
            let mut tokens = bench.tokens(&choice, 300).await.unwrap();
            tokens.sort_unstable();
            tokens.dedup();
            tokens
        };
        let open = Sampling { temperature: 1.0, ..Sampling::greedy(3000) };
        assert_eq!(tokens(3000, Sampling::greedy(3000)).await, [0]);
        assert_eq!(tokens(3000, Sampling { top_k: 5, ..open }).await, [0, 1, 2, 3, 4]);
        assert_eq!(tokens(3000, Sampling { top_p: 0.0009, ..open }).await, [0, 1, 2]);
        let all = tokens(3000, open).await;
        assert!(all.len() > 250 && all.iter().any(|id| *id >= 2048), "{} of 300 differ", all.len());
        assert_eq!(
            tokens(8, Sampling { top_p: 0.5, ..Sampling { temperature: 1.0, ..Sampling::greedy(8) } }).await,
            [0, 1, 2, 3]
        );
    });
}

#[test]
fn a_logit_that_is_not_finite_gives_no_token() {
    on_both_kinds_of_samplers(async |bench| {
        for temperature in [0.0, 1.0] {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let sampling = Sampling { temperature, ..Sampling::greedy(2500) };
                let mut choice = noisy(sampling);
                choice.logits[2400] = bad;
                assert_eq!(bench.tokens(&choice, 1).await.unwrap(), [sample::NOT_FINITE]);
            }
        }
    });
}

#[test]
fn a_bias_decides_and_zeros_of_both_signs_are_equals() {
    on_both_kinds_of_samplers(async |bench| {
        let mut choice = noisy(Sampling::greedy(3));
        choice.logits = vec![-0.0, 0.0, -1.0];
        assert_eq!(bench.tokens(&choice, 1).await.unwrap(), [0]);
        choice.biases = vec![Bias { id: 2, bias: 7.0 }];
        assert_eq!(bench.tokens(&choice, 1).await.unwrap(), [2]);
    });
}
