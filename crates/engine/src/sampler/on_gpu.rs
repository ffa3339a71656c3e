//! The kernels that choose tokens against the sampler itself, over the same logits.

use bytemuck::{bytes_of, cast_slice};
use gpu::{Device, Readback, Usage};
use kernels::rank_logits::{Bias, candidates_bytes, tiles_bytes};
use kernels::sample::spans_bytes;
use kernels::{Heads, Kernels, KvType, Step, WeightType, rank_logits, sample};
use pollster::block_on;

use super::*;

/// Draws for each setting.
const DRAWS: u32 = 20_000;
/// Of these, how many may differ.
const MOST_DIFFERENT: usize = DRAWS as usize / 1000;
/// How near to the edge of a token's share a draw is that may differ.
const EDGE: f64 = 1e-5;

/// Logits of a head that falls as those of a language model do, in a body of noise.
fn logits(vocab_size: u32) -> Vec<f32> {
    let noise = |id: u32, step: u32| uniform(u64::from(id), step) - 0.5;
    let body = |id: u32| (0..6).map(|step| noise(id, step)).sum::<f32>() * 3.0;
    let mut logits: Vec<f32> = (0..vocab_size).map(body).collect();
    for rank in 0..vocab_size.min(300) {
        // 7919 is a prime that divides no vocabulary here.
        let id = (u64::from(rank) * 7919 % u64::from(vocab_size)) as usize;
        logits[id] = 16.0 - 1.3 * (1.0 + rank as f32).ln() + noise(rank, 9);
    }
    logits
}

/// Tokens that a GPU draws as `sampler` would, one for each step from 0 on; `None` where there is no GPU.
fn drawn(sampler: &Sampler, logits: &[f32], draws: u32) -> Option<Vec<u32>> {
    let device = match block_on(Device::open(&gpu::Options { default_limits: true, timestamps: false })) {
        Ok(device) => device,
        Err(err) => {
            assert!(std::env::var("CI").is_err(), "could not run: {err}");
            eprintln!("NOT RUN: {err}");
            return None;
        }
    };
    Some(block_on(drawn_on(&device, sampler, logits, draws)).unwrap_or_else(|err| panic!("{err}")))
}

async fn drawn_on(
    device: &Device,
    sampler: &Sampler,
    logits: &[f32],
    draws: u32,
) -> Result<Vec<u32>, gpu::Error> {
    let heads = Heads::new(KvType::F32, 64);
    let kernels = Kernels::new(device, WeightType::F32, &[WeightType::F32], heads).await?;
    let told = sampler.for_gpu();
    let vocab_size = logits.len() as u32;
    let settings = kernels::Sampling {
        biases: told.logit_bias.len() as u32,
        temperature: told.temperature,
        repetition_penalty: told.repetition_penalty,
        top_k: told.top_k.unwrap_or(0),
        top_p: told.top_p,
        ln_min_p: told.min_p.map_or(1.0, f32::ln),
        seed_low: told.seed as u32,
        seed_high: (told.seed >> 32) as u32,
        ..kernels::Sampling::greedy(vocab_size)
    };
    let mut seen = vec![0_u32; vocab_size.div_ceil(32) as usize];
    told.seen.iter().for_each(|id| seen[*id as usize / 32] |= 1 << (id % 32));
    let mut biases: Vec<Bias> = told.logit_bias.iter().map(|&(id, bias)| Bias { id, bias }).collect();
    biases.push(Bias { id: 0, bias: 0.0 });
    let room = async |size_bytes: u64| device.buffer("a trial", size_bytes, Usage::Storage).await;
    let upload = async |bytes: &[u8]| device.upload("a trial", bytes, Usage::Storage).await;
    let sampling = device.upload("a trial", bytes_of(&settings), Usage::Uniform).await?;
    let (seen, ring) = (upload(cast_slice(&seen)).await?, room(u64::from(draws) * 4).await?);
    let (candidates, tiles) =
        (room(candidates_bytes(settings.tiles)).await?, room(tiles_bytes(settings.tiles)).await?);
    let ranked = kernels.rank_logits.bind(
        device,
        &rank_logits::Buffers {
            sampling: &sampling,
            logits: &upload(cast_slice(logits)).await?,
            seen: &seen,
            biases: &upload(cast_slice(&biases)).await?,
            candidates: &candidates,
            tiles: &tiles,
        },
    );
    let step = device.upload("a trial", bytes_of(&Step::default()), Usage::Uniform).await?;
    let sampled = kernels.sample.bind(
        device,
        &sample::Buffers {
            sampling: &sampling,
            step: &step,
            candidates: &candidates,
            tiles: &tiles,
            spans: &room(spans_bytes(settings.tiles)).await?,
            seen: &seen,
            ids: &room(4).await?,
            ring: &ring,
        },
    );
    let mut frame = device.frame();
    kernels.rank_logits.record(&mut frame, &ranked, settings.tiles);
    frame.submit(device);
    for draw in 0..draws {
        device.write(&step, 0, bytes_of(&Step { draw, slot: draw, ..Step::default() }));
        let mut frame = device.frame();
        kernels.sample.record(&mut frame, &sampled);
        frame.submit(device);
    }
    let readback = Readback::new(device, "a trial", u64::from(draws) * 4).await?;
    let mut frame = device.frame();
    frame.read_back(&ring, &readback, u64::from(draws) * 4);
    frame.submit(device);
    readback.read(device, u64::from(draws) * 4, |bytes| cast_slice(bytes).to_vec()).await
}

/// How far u lies from the nearest edge between two of the shares it was drawn from last.
fn distance_from_edge(sampler: &Sampler, u: f32) -> f64 {
    let total: f64 = sampler.candidates.iter().map(|(weight, _)| f64::from(*weight)).sum();
    let mut sum = 0.0;
    let distances = sampler.candidates.iter().map(|(weight, _)| {
        sum += f64::from(*weight);
        (sum / total - f64::from(u)).abs()
    });
    distances.fold(f64::INFINITY, f64::min)
}

/// Draws in which a GPU and the sampler differ, each of them on an edge.
fn differences(sampling: &Sampling, vocab_size: u32, draws: u32) -> usize {
    let logits = logits(vocab_size);
    let prompt: Vec<u32> = (0..vocab_size).step_by(3).collect();
    let sampler = Sampler::new(sampling.clone(), &prompt).unwrap();
    let Some(found) = drawn(&sampler, &logits, draws) else { return 0 };
    let mut different = 0;
    for (step, found) in (0..).zip(found) {
        let mut sampler = Sampler { step, ..sampler.clone() };
        let expected = sampler.sample(&logits).unwrap();
        if found != expected {
            let distance = distance_from_edge(&sampler, uniform(sampling.seed, step));
            assert!(
                distance <= EDGE,
                "{sampling:?}, step {step}: {found}, {expected}, {distance:.1e} from an edge"
            );
            different += 1;
        }
    }
    println!("{different} of {draws} differ at {vocab_size} logits: {sampling:?}");
    different
}

fn settings() -> Vec<Sampling> {
    let open = Sampling { temperature: 1.0, top_p: 1.0, seed: 0x1234_5678_9ABC_DEF0, ..Sampling::default() };
    vec![
        Sampling { seed: 3, ..Sampling::default() },
        Sampling { temperature: 0.6, ..open.clone() },
        Sampling { top_k: Some(40), ..open.clone() },
        Sampling { min_p: Some(0.05), ..open.clone() },
        Sampling {
            temperature: 0.8,
            top_k: Some(100),
            top_p: 0.9,
            min_p: Some(0.01),
            repetition_penalty: 1.2,
            logit_bias: BTreeMap::from([(5, 12.0), (900, -4.0)]),
            ..open
        },
    ]
}

#[test]
fn a_gpu_draws_the_same_tokens() {
    for sampling in settings() {
        assert!(differences(&sampling, 4003, DRAWS) <= MOST_DIFFERENT);
    }
}

#[test]
fn a_gpu_draws_the_same_tokens_from_a_real_vocabulary() {
    for sampling in settings() {
        assert!(differences(&sampling, 128_256, 300) <= 1);
    }
}

#[test]
fn a_gpu_takes_the_same_largest_logit() {
    let sampling = Sampling {
        repetition_penalty: 1.7,
        logit_bias: BTreeMap::from([(128_000, 15.25)]),
        ..Sampling::greedy()
    };
    for sampling in [Sampling::greedy(), sampling] {
        for vocab_size in [1, 31, 4003, 128_256] {
            assert_eq!(differences(&sampling, vocab_size, 1), 0);
        }
    }
}
