//! `reckon`: the engine in a terminal.

mod arguments;
mod chat;
mod disk;
mod generate;
mod inspect;
mod load;
mod logits;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Logits(arguments) => pollster::block_on(logits::run(&arguments)),
        Command::Generate(arguments) => pollster::block_on(generate::run(&arguments)),
        Command::Chat(arguments) => pollster::block_on(chat::run(&arguments)),
        Command::Inspect(arguments) => pollster::block_on(inspect::run(&arguments)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("reckon: {message}");
            ExitCode::FAILURE
        }
    }
}
