//! `reckon`: the engine in a terminal.

mod arguments;
mod bench;
mod chat;
mod clock;
mod compare;
mod disk;
mod eval;
mod generate;
mod hub;
mod inspect;
mod load;
mod logits;
mod pack;
mod place;
mod print;
mod prompts;
mod random;
mod verify;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(err) => return refuse(&err),
    };
    let outcome = match arguments.command {
        Command::Logits(arguments) => pollster::block_on(logits::run(&arguments)),
        Command::Generate(arguments) => match &arguments.prompts {
            Some(file) => pollster::block_on(prompts::run(&arguments, file)),
            None => pollster::block_on(generate::run(&arguments)),
        },
        Command::Chat(arguments) => pollster::block_on(chat::run(&arguments)),
        Command::Pack(arguments) => pollster::block_on(pack::run(&arguments)),
        Command::Compare(arguments) => pollster::block_on(compare::run(&arguments)),
        Command::Inspect(arguments) => pollster::block_on(inspect::run(&arguments)),
        Command::Verify(arguments) => pollster::block_on(verify::run(&arguments)),
        Command::Bench(arguments) => pollster::block_on(bench::run(&arguments)),
        Command::Eval(arguments) => pollster::block_on(eval::run(&arguments)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("reckon: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Help where it was asked for; of a mistake what it is, in one line.
fn refuse(err: &clap::Error) -> ExitCode {
    if !err.use_stderr() || err.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        err.exit();
    }
    let words = err.render().to_string();
    let what: Vec<&str> = words.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    eprintln!("reckon: {}; see --help", what.join(" ").trim_start_matches("error: "));
    ExitCode::from(2)
}
