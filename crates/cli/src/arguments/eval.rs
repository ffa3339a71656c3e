//! What `reckon eval` can be asked.

use std::path::PathBuf;

use clap::Args;
use evaluate::Suite;
use evaluate::protocol::{TEMPERATURE, TOP_P};

use super::Holding;

/// What `--help` says of where sets of problems come from.
fn sources() -> String {
    let mut text = "Sets of problems, each a file of JSON lines in the folder of --data:".to_owned();
    for suite in Suite::ALL {
        let [repository, path] = suite.source();
        text += &format!("\n  {:9} {:18} github.com/{repository}, {path}", suite.name(), suite.file());
    }
    text
}

#[derive(Args)]
#[command(after_help = sources())]
pub struct Eval {
    /// The problems: math500, gsm8k, aime24, amc23 or humaneval
    #[arg(long, value_name = "NAME", value_parser = suite)]
    pub suite: Suite,
    /// A folder with the suite's file, by the name below, plain or with .gz behind it; or that file
    #[arg(long, value_name = "PATH")]
    pub data: PathBuf,
    /// A Hugging Face folder (config.json and safetensors), a .gguf file, or what a hub has: owner/name,
    /// owner/name@revision, owner/name:file.gguf
    #[arg(long, value_name = "PATH or ID", required_unless_present = "judge")]
    pub model: Option<PathBuf>,
    /// Ask no hub: what was fetched of the model before must do
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub held: Holding,
    /// Ask so many problems, a choice that --seed makes; more of them later go on from there [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// Ask each so often [default: as the paper, 64 of aime24 and 1 of all others]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub samples: Option<u32>,
    /// Of this come the choice of problems and every draw
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// 0 is greedy; higher is more varied
    #[arg(long, value_name = "X", default_value_t = TEMPERATURE)]
    pub temperature: f32,
    /// Sample from the likeliest tokens that together have this probability
    #[arg(long, value_name = "X", default_value_t = TOP_P)]
    pub top_p: f32,
    /// Most tokens of an answer; the model's context may be less
    #[arg(long, value_name = "N", default_value_t = 30_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_tokens: u32,
    /// Where answers are kept, and taken up again [default: SUITE-MODEL-DTYPE.jsonl in the current folder]
    #[arg(long, value_name = "FILE.jsonl")]
    pub out: Option<PathBuf>,
    /// Judge the answers of such a file; no model is loaded
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["model", "out"])]
    pub judge: Option<PathBuf>,
    /// Of humaneval: run what the model wrote, with python3, where the system lets it be shut in without network and files
    #[arg(long)]
    pub run_code: bool,
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

fn suite(name: &str) -> Result<Suite, String> {
    Suite::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Suite::ALL.into_iter().map(Suite::name).collect();
        format!("expected one of {}", names.join(", "))
    })
}
