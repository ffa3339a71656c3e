//! What `reckon bench` can be asked.

use std::path::PathBuf;

use clap::Args;

use super::Holding;
use crate::random::Geometry;

#[derive(Args)]
pub struct Bench {
    /// A Hugging Face folder (config.json and safetensors), a .gguf file, or what a hub has: owner/name,
    /// owner/name@revision, owner/name:file.gguf
    #[arg(long, value_name = "PATH or ID", required_unless_present = "random")]
    pub model: Option<PathBuf>,
    /// No file: weights of noise in the shape of MobileLLM-R1, 950m, 360m or 140m. What a token takes depends on shapes and
    /// types alone
    #[arg(long, value_name = "SIZE", conflicts_with = "model", value_parser = geometry)]
    pub random: Option<Geometry>,
    /// Ask no hub: what was fetched of the model before must do
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub held: Holding,
    /// Positions before the tokens that are decoded; what the context does not hold is left out
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [0, 1024, 4096])]
    pub depths: Vec<u32>,
    /// Tokens of prompts; what the context does not hold is left out
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [64, 512], value_parser = clap::value_parser!(u32).range(1..))]
    pub prompts: Vec<u32>,
    /// Tokens that are decoded at once, at each depth
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(2..=1 << 12))]
    pub tokens: u32,
    /// How often each figure is measured
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repeat: u32,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Keep the run in this folder of runs, in one called after day and adapter: bench.json, a table and a plot, beside what
    /// was kept there of other models
    #[arg(long, value_name = "FOLDER")]
    pub save: Option<PathBuf>,
}

fn geometry(name: &str) -> Result<Geometry, String> {
    Geometry::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Geometry::ALL.iter().map(|geometry| geometry.name).collect();
        format!("expected one of {}", names.join(", "))
    })
}
