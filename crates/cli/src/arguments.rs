//! What `reckon` can be asked: commands, options, their units and defaults.

mod bench;
mod eval;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use engine::{Activations, Device, Dtype, GenerateOptions, KvDtype, LoadOptions, Sampling};

pub use bench::Bench;
pub use eval::Eval;

/// What `--help` says of hubs.
const HUB: &str = "\
Models of a hub:
  A model that is no path on this disk is fetched from https://huggingface.co, or from the
  hub of HF_ENDPOINT: owner/name is a Hugging Face folder, owner/name:file.gguf or
  owner/name/file.gguf one file; @revision behind the name is a branch, a tag or a commit. It
  is kept in RECKON_CACHE, else in reckon of the user's cache folder, and what was
  interrupted goes on where it ended. A gated repository opens to the token of HF_TOKEN, once
  its licence is accepted there.";

/// Runs MobileLLM-R1 and its kin on a GPU or the processor: the engine of the browser tab, in a terminal.
#[derive(Parser)]
#[command(name = "reckon", version, arg_required_else_help = true, max_term_width = 100, after_help = HUB)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// One thing to do.
#[derive(Subcommand)]
pub enum Command {
    /// Logits of every position of one causal pass over given token ids
    Logits(Logits),
    /// Continue one prompt, or each of many
    Generate(Generate),
    /// Talk with a model, turn after turn
    Chat(Chat),
    /// What a checkpoint is, and what it takes to run it; nothing is computed
    Inspect(Inspect),
    /// Write a model into a folder that any static host can serve
    Pack(Pack),
    /// What a model loses against another of the same vocabulary, on a text
    Compare(Compare),
    /// Whether a model is what it is taken for and computes what it must; writes a report to show
    Verify(Verify),
    /// How fast a model is here: decoding, prompts, first token, and each kernel on a GPU
    Bench(Bench),
    /// How many problems of a published set a model solves, asked as the paper asked them
    Eval(Box<Eval>),
}

/// How a model is loaded.
#[derive(Args)]
pub struct Model {
    /// A Hugging Face folder (config.json and safetensors), a .gguf file, or what a hub has: owner/name,
    /// owner/name@revision, owner/name:file.gguf, owner/name@revision:file.gguf
    #[arg(long, value_name = "PATH or ID")]
    pub model: PathBuf,
    /// Ask no hub: what was fetched of the model before must do
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub held: Holding,
}

impl Model {
    /// The engine's options, with at most `context` positions.
    pub fn options(&self, context: Option<u32>) -> LoadOptions {
        self.held.options(context)
    }
}

/// How a model is held, and what computes.
#[derive(Args)]
pub struct Holding {
    /// How matrices are held: f32, f16, bf16, q8, q6, q4 or q4_1 [default: as in the file]
    #[arg(long, value_name = "DTYPE", value_parser = dtype)]
    pub dtype: Option<Dtype>,
    /// How keys and values are held: f16 or f32 [default: f32 with --dtype f32, else f16]
    #[arg(long, value_name = "DTYPE", value_parser = kv_dtype)]
    pub kv: Option<KvDtype>,
    #[command(flatten)]
    pub computer: Computer,
    /// How the processor multiplies activations with quantised weights: int8 or f32; f32 is exact and slower
    #[arg(long, value_name = "TYPE", default_value = "int8", value_parser = activations)]
    pub activations: Activations,
    /// Stay within WebGPU's default limits, as a browser may have to
    #[arg(long)]
    pub default_limits: bool,
}

impl Holding {
    /// The engine's options, with at most `context` positions.
    pub fn options(&self, context: Option<u32>) -> LoadOptions {
        LoadOptions {
            dtype: self.dtype,
            most_bytes: None,
            kv: self.kv,
            context,
            activations: self.activations,
            default_limits: self.default_limits,
            ..self.computer.options()
        }
    }
}

/// What computes.
#[derive(Args, Clone, Copy)]
pub struct Computer {
    /// What computes: auto, webgpu or cpu; auto takes a hardware GPU, else what a short probe shows to be faster
    #[arg(long, value_name = "DEVICE", default_value = "auto", value_parser = device)]
    pub device: Device,
    /// Threads of the processor that share the work [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub threads: usize,
}

impl Computer {
    /// The engine's options for what is measured: weights, and not the rounding of activations.
    pub fn options(self) -> LoadOptions {
        let Self { device, threads } = self;
        LoadOptions { device, threads, activations: Activations::F32, ..LoadOptions::default() }
    }
}

#[derive(Args)]
pub struct Logits {
    #[command(flatten)]
    pub model: Model,
    /// A JSON array of token ids
    #[arg(long, value_name = "FILE.json")]
    pub tokens: PathBuf,
    /// Where to write tensor `logits`, f32 [T, V]
    #[arg(long, value_name = "FILE.safetensors")]
    pub out: PathBuf,
    /// Process the first N tokens at once and the rest one by one through the KV cache [default: all at once]
    #[arg(long, value_name = "N")]
    pub prefill: Option<usize>,
}

/// How tokens are chosen, and how many.
#[derive(Args)]
pub struct Sample {
    /// Positions the KV cache may reach [default: the model's limit, 4096 at most]
    #[arg(long, value_name = "N")]
    pub context: Option<u32>,
    /// Most tokens to generate [default: until the model stops or the context is full]
    #[arg(long, value_name = "N")]
    pub max_tokens: Option<u32>,
    /// Most tokens of thinking: the model is made to answer after them [default: as many as it likes]
    #[arg(long, value_name = "N")]
    pub max_thinking: Option<u32>,
    /// 0 is greedy; higher is more varied
    #[arg(long, value_name = "X", default_value_t = 0.6)]
    pub temperature: f32,
    /// Sample from the likeliest tokens that together have this probability
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    pub top_p: f32,
    /// Sample from the N likeliest tokens [default: all]
    #[arg(long, value_name = "N")]
    pub top_k: Option<u32>,
    /// Leave out tokens less likely than X times the likeliest [default: none]
    #[arg(long, value_name = "X")]
    pub min_p: Option<f32>,
    /// Divide the logits of tokens seen before by X; 1 is off
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub repetition_penalty: f32,
    /// The same seed, model and adapter give the same tokens
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Text that ends the generation; may be given more than once
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
}

#[derive(Args)]
pub struct Generate {
    #[command(flatten)]
    pub model: Model,
    /// What to continue, or to answer
    #[arg(
        long,
        value_name = "TEXT",
        required_unless_present = "prompts",
        default_value = "",
        hide_default_value = true
    )]
    pub prompt: String,
    /// JSON lines, each an object with "prompt", "system" as well if there is one, or with "messages"; - is stdin. Each is
    /// answered for itself, and printed as it was given, with "output" beside: text, thinking, answer, how many tokens
    /// and why it ended
    #[arg(long, value_name = "FILE.jsonl", conflicts_with = "prompt")]
    pub prompts: Option<PathBuf>,
    /// A system message before the prompt, and before those of a file that have none
    #[arg(long, value_name = "TEXT", conflicts_with = "raw")]
    pub system: Option<String>,
    /// No chat template: special-token text becomes its ids, BOS only where the tokenizer adds one
    #[arg(long)]
    pub raw: bool,
    #[command(flatten)]
    pub sample: Sample,
    /// Print one JSON object at the end instead of text as it comes; --prompts prints JSON either way
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Chat {
    #[command(flatten)]
    pub model: Model,
    /// A system message before the conversation
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    #[command(flatten)]
    pub sample: Sample,
}

#[derive(Args)]
pub struct Inspect {
    /// A Hugging Face folder (config.json and safetensors), a .gguf file, or what a hub has: owner/name,
    /// owner/name@revision, owner/name:file.gguf; of weights only the header is fetched
    #[arg(value_name = "PATH or ID")]
    pub path: PathBuf,
    /// Ask no hub: what was fetched of the model before must do
    #[arg(long)]
    pub offline: bool,
    /// As if held in this type [default: as in the file]
    #[arg(long, value_name = "DTYPE", value_parser = dtype)]
    pub dtype: Option<Dtype>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Pack {
    /// A Hugging Face folder (config.json and safetensors), a .gguf file, or what a hub has: owner/name,
    /// owner/name@revision, owner/name:file.gguf, owner/name@revision:file.gguf
    pub path: PathBuf,
    /// The folder to write; it must be empty or not there
    pub out: PathBuf,
    /// How matrices are stored: f32, f16, bf16, q8, q6, q4 or q4_1 [default: as in a quantised file; else q8, or from
    /// 500 million parameters on q4 with a q6 head]
    #[arg(long, value_name = "DTYPE", value_parser = dtype)]
    pub dtype: Option<Dtype>,
    /// How the embedding and the head are stored [default: as --dtype]
    #[arg(long, value_name = "DTYPE", value_parser = dtype)]
    pub head: Option<Dtype>,
    /// How the matrices of attention are stored [default: as --dtype]
    #[arg(long, value_name = "DTYPE", value_parser = dtype)]
    pub attention: Option<Dtype>,
    /// How gate, up and down are stored [default: as --dtype]
    #[arg(long, value_name = "DTYPE", value_parser = dtype)]
    pub feed_forward: Option<Dtype>,
    /// Most MiB of a file, unless one matrix has more
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub shard: u64,
    /// What the files are called [default: as the folder or file that is packed]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// A file with the terms the weights are under [default: LICENSE in the folder that is packed]
    #[arg(long, value_name = "FILE")]
    pub licence: Option<PathBuf>,
    /// A text to tell perplexity and divergence on, against the model that was packed; for that alone something is computed
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    #[command(flatten)]
    pub computer: Computer,
    /// Ask no hub: what was fetched of the model before must do
    #[arg(long)]
    pub offline: bool,
    /// Print one JSON object with the loss of every matrix
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Compare {
    /// The model that may have lost something: a path, or what a hub has
    pub model: PathBuf,
    /// The model it is held against: the same
    pub base: PathBuf,
    /// A text, in UTF-8; special tokens written out are special, and where the one that begins a text stands, one begins
    #[arg(long, value_name = "FILE")]
    pub text: PathBuf,
    /// Tokens of it to look at, from its start
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(2..=1 << 20))]
    pub tokens: u32,
    #[command(flatten)]
    pub computer: Computer,
    /// Ask no hub: what was fetched of the models before must do
    #[arg(long)]
    pub offline: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Verify {
    /// A Hugging Face folder (config.json and safetensors), a .gguf file, or what a hub has: owner/name,
    /// owner/name@revision, owner/name:file.gguf
    #[arg(value_name = "PATH or ID")]
    pub path: PathBuf,
    /// Logits to be held against: what tests/golden/verify.py wrote of the same model
    #[arg(long, value_name = "FILE.safetensors", conflicts_with = "quick")]
    pub golden: Option<PathBuf>,
    /// Where to write the report [default: reckon-verify-NAME.md in the current folder]
    #[arg(long, value_name = "FILE.md")]
    pub out: Option<PathBuf>,
    /// Write over a file that reckon verify did not make
    #[arg(long)]
    pub force: bool,
    /// How matrices are held; f32 holds logits nearest [default: as in the file]
    #[arg(long, value_name = "DTYPE", value_parser = dtype)]
    pub dtype: Option<Dtype>,
    /// Most tokens that follow each of the three prompts
    #[arg(long, value_name = "N", default_value_t = 48, value_parser = clap::value_parser!(u32).range(3..=1 << 15))]
    pub tokens: u32,
    #[command(flatten)]
    pub computer: Computer,
    /// Headers, configuration, tokenizer and template alone; nothing is computed
    #[arg(long)]
    pub quick: bool,
    /// Hash weight files whose SHA-256 no hub tells
    #[arg(long)]
    pub hash: bool,
    /// Ask no hub: what was fetched of the model before must do
    #[arg(long)]
    pub offline: bool,
}

impl Sample {
    /// The engine's options for one generation that begins now: a chat template may name the day.
    pub fn options(&self) -> GenerateOptions {
        let sampling = Sampling {
            temperature: self.temperature,
            top_p: self.top_p,
            top_k: self.top_k,
            min_p: self.min_p,
            repetition_penalty: self.repetition_penalty,
            seed: self.seed,
            ..Sampling::default()
        };
        let date = Some(jiff::Zoned::now().datetime().to_string());
        GenerateOptions {
            max_tokens: self.max_tokens,
            max_reasoning_tokens: self.max_thinking,
            sampling,
            stop: self.stop.clone(),
            date,
            ..GenerateOptions::default()
        }
    }
}

fn dtype(name: &str) -> Result<Dtype, String> {
    Dtype::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Dtype::ROUNDED_TO.iter().map(|dtype| dtype.name()).collect();
        format!("expected one of {}", names.join(", "))
    })
}

fn kv_dtype(name: &str) -> Result<KvDtype, String> {
    KvDtype::parse(name).ok_or_else(|| "expected f16 or f32".to_owned())
}

fn device(name: &str) -> Result<Device, String> {
    Device::parse(name).ok_or_else(|| "expected auto, webgpu or cpu".to_owned())
}

fn activations(name: &str) -> Result<Activations, String> {
    Activations::parse(name).ok_or_else(|| "expected int8 or f32".to_owned())
}
