//! Generations whose tokens are chosen on a GPU, ahead of what is known here.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use checkpoint::{Piece, Role};
use pollster::block_on;

use super::*;
use crate::model::Model;
use crate::sampler::Sampler;
use crate::{Choice, Clock, Device, Files, Finish, LoadOptions, Sampling, open};

const MODEL: &str = "reckon-mini.gguf";

struct Disk;

impl Disk {
    fn bytes() -> Vec<u8> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/embedded").join(MODEL);
        fs::read(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
    }
}

impl Files for Disk {
    async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        Ok((name == MODEL).then(|| Self::bytes().len() as u64))
    }

    async fn read(&self, _name: &str, range: Range<u64>) -> Result<Vec<u8>, Error> {
        Ok(Self::bytes()[range.start as usize..range.end as usize].to_vec())
    }

    async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        sink(&self.read(name, range).await?)
    }
}

impl Clock for Disk {
    fn now_ms(&self) -> f64 {
        0.0
    }

    async fn sleep(&self, _ms: f64) {}
}

/// The embedded model on a GPU; `None` where there is none.
fn engine(context: u32) -> Option<Engine> {
    let options = LoadOptions { device: Device::Webgpu, context: Some(context), ..LoadOptions::default() };
    let choice = match block_on(Choice::make(&options, 0, &Disk)) {
        Ok(choice) => choice,
        Err(err) => {
            assert!(std::env::var("CI").is_err(), "could not run: {err}");
            eprintln!("NOT RUN: {err}");
            return None;
        }
    };
    let loaded =
        async { open(&Disk, MODEL).await?.load(&Disk, choice, options, &Disk, &mut (), &mut |_| ()).await };
    Some(block_on(loaded).unwrap_or_else(|err| panic!("{err}")))
}

/// Ids, text and end of a generation.
#[derive(Debug, PartialEq)]
struct Told {
    ids: Vec<u32>,
    text: String,
    reason: FinishReason,
    reasoning_tokens: u32,
}

fn run(session: &mut Session, prompt: &str, options: &GenerateOptions) -> Told {
    session.start(&Prompt::Raw(prompt.to_owned()), options.clone()).unwrap();
    // Whatever the adapter is.
    session.running.as_mut().unwrap().on_gpu = options.logprobs.is_none();
    let (mut ids, mut told) = (Vec::new(), String::new());
    loop {
        match block_on(session.next()).unwrap() {
            Event::Prompt { .. } => (),
            Event::Token { id, text, .. } => {
                ids.push(id);
                told.push_str(&text);
            }
            Event::Done(finish) => {
                told.push_str(&finish.text);
                let Finish { reason, reasoning_tokens, .. } = finish;
                return Told { ids, text: told, reason, reasoning_tokens };
            }
        }
    }
}

/// The same with the logits read back, and the sampler here.
fn run_here(session: &mut Session, prompt: &str, options: &GenerateOptions) -> Told {
    run(session, prompt, &GenerateOptions { logprobs: Some(0), ..options.clone() })
}

fn options(sampling: Sampling) -> GenerateOptions {
    GenerateOptions { sampling, max_tokens: Some(24), ..GenerateOptions::default() }
}

const PROMPT: &str = "What is 347 + 568?";

#[test]
fn tokens_are_those_of_the_sampler_here() {
    let Some(engine) = engine(512) else { return };
    let mut session = block_on(Session::open(&engine)).unwrap();
    let bias = BTreeMap::from([(7, 2.5), (11, -3.0)]);
    for sampling in [
        Sampling::greedy(),
        Sampling { repetition_penalty: 1.3, ..Sampling::greedy() },
        Sampling { seed: 11, ..Sampling::default() },
        Sampling {
            temperature: 1.2,
            top_k: Some(20),
            min_p: Some(0.02),
            seed: 1 << 40,
            ..Sampling::default()
        },
        Sampling { temperature: 1.0, repetition_penalty: 1.2, logit_bias: bias, ..Sampling::default() },
    ] {
        let options = options(sampling);
        let expected = run_here(&mut session, PROMPT, &options);
        assert_eq!(run(&mut session, PROMPT, &options), expected);
        assert_eq!(run(&mut session, PROMPT, &options), expected, "again, over the same cache");
    }
}

#[test]
fn every_limit_ends_a_generation_where_it_would_end_here() {
    let Some(engine) = engine(64) else { return };
    let mut session = block_on(Session::open(&engine)).unwrap();
    let free = options(Sampling::greedy());
    let most = |max_tokens| GenerateOptions { max_tokens: Some(max_tokens), ..free.clone() };
    let text = run_here(&mut session, PROMPT, &free).text;
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let stop = GenerateOptions { stop: vec![text[middle..].chars().take(3).collect()], ..free.clone() };
    for (options, reason) in [
        (most(0), FinishReason::Length),
        (most(1), FinishReason::Length),
        (most(3), FinishReason::Length),
        (stop, FinishReason::Stop),
        (GenerateOptions { max_tokens: None, ..free.clone() }, FinishReason::Context),
    ] {
        let expected = run_here(&mut session, PROMPT, &options);
        assert_eq!(run(&mut session, PROMPT, &options), expected);
        if reason != FinishReason::Context {
            assert_eq!(expected.reason, reason);
        }
    }
}

#[test]
fn thinking_is_ended_as_it_would_be_here() {
    let Some(engine) = engine(512) else { return };
    let mut session = block_on(Session::open(&engine)).unwrap();
    for sampling in [Sampling::greedy(), Sampling { repetition_penalty: 1.2, ..Sampling::default() }] {
        for budget in [0, 1, 6] {
            let options = GenerateOptions { max_reasoning_tokens: Some(budget), ..options(sampling.clone()) };
            let prompt = format!("{PROMPT}\n<think>");
            let expected = run_here(&mut session, &prompt, &options);
            assert_eq!(run(&mut session, &prompt, &options), expected, "{budget}");
        }
    }
}

#[test]
fn what_was_sent_ahead_of_an_abort_leaves_the_cache_as_it_was() {
    let Some(engine) = engine(512) else { return };
    let (mut session, mut fresh) =
        (block_on(Session::open(&engine)).unwrap(), block_on(Session::open(&engine)).unwrap());
    let options = options(Sampling::greedy());
    let whole = run(&mut fresh, PROMPT, &options);
    session.start(&Prompt::Raw(PROMPT.to_owned()), options.clone()).unwrap();
    let mut said = String::new();
    for _ in 0..6 {
        if let Event::Token { text, .. } = block_on(session.next()).unwrap() {
            said.push_str(&text);
        }
    }
    session.handle().abort();
    assert!(matches!(
        block_on(session.next()).unwrap(),
        Event::Done(Finish { reason: FinishReason::Abort, .. })
    ));
    assert!(whole.text.starts_with(&said), "{said:?}, {:?}", whole.text);
    // Over the cache that the abort left, what it had computed and another way.
    for prompt in [format!("{PROMPT}{said}"), format!("{PROMPT}{said} no"), PROMPT.to_owned()] {
        let expected = run(&mut block_on(Session::open(&engine)).unwrap(), &prompt, &options);
        assert_eq!(run(&mut session, &prompt, &options), expected, "{prompt:?}");
    }
}

#[test]
fn as_many_as_may_be_in_flight_are_the_same_tokens_whatever_was_forgotten_before() {
    let Some(engine) = engine(512) else { return };
    let mut session = block_on(Session::open(&engine)).unwrap();
    let expected = run_here(&mut session, PROMPT, &options(Sampling::greedy())).ids;
    let prompt = engine.tokens(&Prompt::Raw(PROMPT.to_owned()), None).unwrap();
    let position = prompt.len() as u32;
    let (timeline, decoder) = session.timeline.as_gpu(engine.model()).unwrap();
    let sampler = Sampler::new(Sampling::greedy(), &prompt).unwrap();
    for taken in [0, 1, 4, 0, 2, 0, 4] {
        timeline.set_sampling(decoder, &sampler.for_gpu());
        timeline.choose(decoder, 0, &prompt, 0).unwrap();
        (0..3).for_each(|ahead| timeline.choose_on(decoder, position + ahead, ahead + 1).unwrap());
        assert_eq!(timeline.in_flight(), 4);
        for id in &expected[..taken] {
            assert_eq!(block_on(timeline.take(decoder)).unwrap(), Some(*id));
        }
    }
}

#[test]
fn logits_that_are_not_finite_end_a_generation() {
    let Some(engine) = engine(64) else { return };
    let mut session = block_on(Session::open(&engine)).unwrap();
    let Model::Gpu(decoder) = engine.model() else { panic!("a GPU was asked for") };
    decoder.write(&Piece::Vector { role: Role::Norm, layer: None, values: &[f32::NAN] });
    session.start(&Prompt::Raw(PROMPT.to_owned()), options(Sampling::greedy())).unwrap();
    assert!(matches!(block_on(session.next()).unwrap(), Event::Prompt { .. }));
    assert!(matches!(block_on(session.next()), Err(Error::NonFinite { .. })));
    assert!(matches!(block_on(session.next()), Err(Error::NotStarted)));
}
