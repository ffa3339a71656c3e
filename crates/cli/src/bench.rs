//! `reckon bench`: how fast a model is here.

mod kept;
mod plot;
mod record;
mod table;

use std::rc::Rc;

use checkpoint::Role;
use engine::{Clock as _, Engine, KernelTime, Opened, Plan, Trial};

use crate::arguments::Bench;
use crate::clock::Clock;
use crate::load::load_opened;
use crate::place::{Place, called};
use crate::print;
use crate::random::Random;
use record::{
    BytesPerToken, Decode, Device, Document, FirstToken, Kernel, Kernels, Memory, Model, Prefill, Run, Spread,
};

/// Tokens of the prompt before the first token.
const FIRST_PROMPT: u32 = 64;
/// Kernels are timed at this depth, or at the largest one that is smaller.
const KERNELS_DEPTH: u32 = 1024;

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Bench) -> Result<(), String> {
    let run = Bencher::open(arguments).await?.run().await?;
    if arguments.json {
        let document = Document::of(vec![run.clone()]);
        print::line(serde_json::to_string_pretty(&document).map_err(|err| err.to_string())?);
    } else {
        print::line(table::of(&run).trim_end());
    }
    if let Some(folder) = &arguments.save {
        let kept = kept::keep(folder, run)?;
        eprintln!("reckon: kept in {}", kept.display());
    }
    Ok(())
}

/// A loaded model, and what is to be measured of it.
struct Bencher<'a> {
    arguments: &'a Bench,
    at: String,
    name: String,
    parameters: u64,
    dtypes: Vec<String>,
    /// Bytes of a token by the header: weights, and keys and values of a position.
    planned: [u64; 2],
    load_ms: f64,
    engine: Engine,
    now_ms: Rc<dyn Fn() -> f64>,
}

impl<'a> Bencher<'a> {
    async fn open(arguments: &'a Bench) -> Result<Self, String> {
        let at = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let clock = Clock::start();
        let (name, place) = place(arguments)?;
        let opened = place.open().await?;
        let (longest, most) = (longest(arguments), opened.checkpoint.config.max_position_embeddings);
        let mut options = arguments.held.options(Some(longest.min(most)));
        options.timestamps = true;
        let plan = opened.plan(&options, &()).map_err(|err| err.to_string())?;
        let planned = planned(&opened, &plan, arguments);
        let parameters = opened.checkpoint.parameters();
        let dtypes = plan.dtypes.iter().map(|dtype| (*dtype).to_owned()).collect();
        let engine = load_opened(&place, opened, options).await?;
        let load_ms = clock.now_ms();
        let now_ms = Rc::new(move || clock.now_ms());
        Ok(Self { arguments, at, name, parameters, dtypes, planned, load_ms, engine, now_ms })
    }

    async fn run(&self) -> Result<Run, String> {
        let description = self.engine.description();
        let first_token = self.first_token().await?;
        let mut trial = self.trial().await?;
        let (mut prefill, mut decode, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for &tokens in &self.arguments.prompts {
            match tokens <= description.context {
                true => prefill.push(self.prefill(&mut trial, tokens).await?),
                false => left_out.push(format!("a prompt of {tokens} tokens")),
            }
        }
        for &depth in &self.arguments.depths {
            match depth.saturating_add(self.arguments.tokens) <= description.context {
                true => decode.push(self.decode(&mut trial, depth).await?),
                false => left_out.push(format!("decoding after {depth} positions")),
            }
        }
        let kernels = self.kernels(&mut trial, &decode).await?;
        let memory = Memory {
            weights_bytes: description.weights_bytes,
            gpu_bytes: self.engine.description().gpu_bytes,
            peak_rss_bytes: peak_rss_bytes(),
        };
        Ok(Run {
            at: self.at.clone(),
            reckon: env!("CARGO_PKG_VERSION").to_owned(),
            optimised: !cfg!(debug_assertions),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            model: Model {
                name: self.name.clone(),
                is_random: self.arguments.random.is_some(),
                parameters: self.parameters,
                dtypes: self.dtypes.clone(),
                kv: description.kv.to_owned(),
                context: description.context,
            },
            device: Device {
                kind: description.device.name().to_owned(),
                adapter: description.adapter,
                is_software: description.software_adapter,
                why: description.why,
            },
            repeat: self.arguments.repeat,
            load_ms: self.load_ms,
            first_token,
            prefill,
            decode,
            left_out,
            kernels,
            memory,
        })
    }

    async fn trial(&self) -> Result<Trial, String> {
        Trial::open(&self.engine, self.now_ms.clone()).await.map_err(|err| err.to_string())
    }

    async fn first_token(&self) -> Result<FirstToken, String> {
        let prompt_tokens = FIRST_PROMPT.min(self.engine.description().context);
        let once = async || {
            let started_ms = (self.now_ms)();
            self.trial().await?.prefill(prompt_tokens).await.map_err(|err| err.to_string())?;
            Ok::<f64, String>((self.now_ms)() - started_ms)
        };
        let first_ms = once().await?;
        let mut times = Vec::new();
        for _ in 0..self.arguments.repeat {
            times.push(once().await?);
        }
        Ok(FirstToken { prompt_tokens, first_ms, ms: Spread::of(times) })
    }

    async fn prefill(&self, trial: &mut Trial, tokens: u32) -> Result<Prefill, String> {
        let mut times = Vec::new();
        for _ in 0..self.arguments.repeat {
            times.push(trial.prefill(tokens).await.map_err(|err| err.to_string())?);
        }
        let tokens_per_s = Spread::of(times.iter().map(|ms| f64::from(tokens) / ms * 1e3));
        Ok(Prefill { tokens, ms: Spread::of(times), tokens_per_s })
    }

    async fn decode(&self, trial: &mut Trial, depth: u32) -> Result<Decode, String> {
        let Bench { tokens, repeat, .. } = *self.arguments;
        let (mut rates, mut encode_us, mut await_us) = (Vec::new(), Vec::new(), Vec::new());
        // The first time grows the cache.
        trial.decode(depth, tokens.min(2)).await.map_err(|err| err.to_string())?;
        for _ in 0..repeat {
            let times = trial.decode(depth, tokens).await.map_err(|err| err.to_string())?;
            rates.push(f64::from(tokens) * 1e3 / times.iter().map(|time| time.ms).sum::<f64>());
            encode_us.extend(times.iter().filter_map(|time| time.encode_us));
            await_us.extend(times.iter().filter_map(|time| time.await_us));
        }
        let bytes_per_token = self.bytes_per_token(trial, depth + tokens / 2);
        let bytes = bytes_per_token.total() as f64;
        Ok(Decode {
            depth,
            tokens,
            tokens_in_flight: trial.tokens_in_flight(),
            gb_per_s: Spread::of(rates.iter().map(|rate| rate * bytes / 1e9)),
            tokens_per_s: Spread::of(rates),
            bytes_per_token,
            dispatches_per_token: trial.dispatches(),
            encode_us: (!encode_us.is_empty()).then(|| Spread::of(encode_us)),
            await_us: (!await_us.is_empty()).then(|| Spread::of(await_us)),
        })
    }

    fn bytes_per_token(&self, trial: &Trial, depth: u32) -> BytesPerToken {
        let [weights, kv] = self.planned;
        match trial.traffic(depth) {
            Some(traffic) => BytesPerToken {
                weights: traffic.weights_bytes,
                kv: traffic.kv_bytes,
                from: "bound ranges".to_owned(),
            },
            None => BytesPerToken { weights, kv: kv * u64::from(depth + 1), from: "plan".to_owned() },
        }
    }

    async fn kernels(&self, trial: &mut Trial, decode: &[Decode]) -> Result<Option<Kernels>, String> {
        let depths = decode.iter().map(|decode| decode.depth).filter(|depth| *depth <= KERNELS_DEPTH);
        let depth = depths.max().unwrap_or_default();
        let samples = self.arguments.repeat;
        let Some(times) = trial.kernel_times(depth, samples).await.map_err(|err| err.to_string())? else {
            return Ok(None);
        };
        let copied = times.copy_bytes as f64;
        let copy_gb_per_s = Spread::of(times.copy_us.iter().map(|us| copied / us / 1e3));
        Ok(Some(Kernels {
            depth,
            timed_by: if times.by_timestamps { "timestamps" } else { "wall time" }.to_owned(),
            copy_gb_per_s,
            copy_bytes: times.copy_bytes,
            kernels: times.kernels.into_iter().map(|time| kernel(time, copy_gb_per_s.median)).collect(),
        }))
    }
}

fn kernel(time: KernelTime, copy_gb_per_s: f64) -> Kernel {
    let KernelTime { kernel, of, shape, dispatches, bytes, us } = time;
    let each = f64::from(dispatches);
    let us_per_token = Spread::of(us.iter().copied()).median;
    let gb_per_s = bytes as f64 / us_per_token / 1e3;
    Kernel {
        kernel: kernel.to_owned(),
        of: of.to_owned(),
        shape,
        dispatches,
        bytes: bytes / u64::from(dispatches),
        us: Spread::of(us.into_iter().map(|us| us / each)),
        us_per_token,
        gb_per_s,
        percent_of_copy: 100.0 * gb_per_s / copy_gb_per_s,
    }
}

fn place(arguments: &Bench) -> Result<(String, Place), String> {
    if let Some(geometry) = &arguments.random {
        let name = format!("random {}", geometry.name);
        return Ok((name, Place::Random(Box::new(Random::new(geometry)))));
    }
    let path = arguments.model.as_ref().ok_or("name a model, or a size of --random")?;
    Ok((called(path), Place::find(path, arguments.offline)?))
}

/// Positions of what is longest.
fn longest(arguments: &Bench) -> u32 {
    let depths = arguments.depths.iter().map(|depth| depth.saturating_add(arguments.tokens));
    depths.chain(arguments.prompts.iter().copied()).fold(FIRST_PROMPT, u32::max)
}

/// Bytes of weights that a token reads, and of keys and values that a position has, by the header.
fn planned(opened: &Opened, plan: &Plan, arguments: &Bench) -> [u64; 2] {
    let checkpoint = &opened.checkpoint;
    let held = checkpoint.held(arguments.held.dtype);
    let is_read = |role| role != Role::EmbedTokens || checkpoint.config.tie_word_embeddings;
    let read = checkpoint.tensors.iter().filter(|tensor| is_read(tensor.role));
    [read.map(|tensor| held.bytes(tensor)).sum(), plan.kv_bytes / u64::from(plan.context)]
}

/// The most memory that this process had, where the system tells.
fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    kib.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib << 10)
}
