//! The workshop: everything the README promises, without tools that are not there already.

mod bench;
mod browser;
mod embedded;
mod fetch;
mod package;
mod place;
mod program;
mod serve;
mod server;
mod size;
mod summary;
mod system;
mod test;
mod web;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  app [--fast] [--port N] [--no-open]    build the app, serve it, open the browser
  test                                   everything: format, lints, tests, the page in a browser
  web [--fast] [--single-file]           build the app into web/dist, the npm package into web/package; --fast leaves
                                         out the slow link; --single-file makes web/dist/reckon.html beside them,
                                         which needs no server
  package [--fast]                       build the npm package alone; `npm pack web/package` packs it
  reference                              write docs/api from the package's types
  serve [--port N] [--no-open]           serve web/dist as it is
  fetch                                  fetch SmolLM2 and a tokenizer, for tests, into .models
  size [--fast]                          bytes of what a visitor downloads, held to their budget
  browser [--fast] [PATTERN]             only the browser's tests, those whose names hold PATTERN
  bench [ARGUMENTS]                      `reckon bench` of weights of noise at 950M, or as its arguments say, built for
                                         speed and kept under tests/runs
  bench --dawn [ARGUMENTS]               the same of the wasm module, on Dawn for Node: what Chromium would run, without it
  first-token                            page open to first thinking token in Chromium, 20 launches
  browser-real                           SmolLM2 in Chromium against the terminal: minutes on a CPU
  browser-full-hub [cpu]                 950M at F32 from a gated hub into Chromium, cut and killed: minutes
  browser-full-size FOLDER               950M geometry in Chromium against transformers: minutes on a CPU
";

/// What a command says when it fails: one readable paragraph.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Outcome {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{USAGE}");
        return Ok(());
    };
    if command == "bench" {
        return bench::run(rest);
    }
    let mut options = Options::read(rest)?;
    match command.as_str() {
        "app" => {
            web::build(options.profile())?;
            serve::serve(options.port, !options.no_open)
        }
        "test" => test::test(),
        "web" => {
            web::build(options.profile())?;
            if options.single_file { web::single_file() } else { Ok(()) }
        }
        "package" => web::module(options.profile()).and_then(|()| package::build()),
        "reference" => package::reference(),
        "serve" => serve::serve(options.port, !options.no_open),
        "fetch" => fetch::model().and_then(|()| fetch::tokenizer()),
        "size" => {
            web::build(options.profile())?;
            web::single_file()?;
            size::check()
        }
        "browser" => browser::alone(options.profile(), options.pattern.take()),
        "first-token" => browser::first_token(),
        "browser-real" => browser::real(),
        "browser-full-hub" => browser::full_hub(options.pattern.take()),
        "browser-full-size" => browser::full_size(options.pattern.take()),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("there is no command {command:?}\n\n{USAGE}")),
    }
}

/// What may follow a command.
#[derive(Default)]
struct Options {
    fast: bool,
    single_file: bool,
    no_open: bool,
    port: Option<u16>,
    pattern: Option<String>,
}

impl Options {
    fn read(words: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--fast" => options.fast = true,
                "--single-file" => options.single_file = true,
                "--no-open" => options.no_open = true,
                "--port" => {
                    let port = words.next().and_then(|port| port.parse().ok());
                    options.port = Some(port.ok_or("--port: expected a number from 0 to 65535")?);
                }
                word if !word.starts_with('-') && options.pattern.is_none() => {
                    options.pattern = Some(word.to_owned());
                }
                _ => return Err(format!("{word:?} is not known\n\n{USAGE}")),
            }
        }
        Ok(options)
    }

    fn profile(&self) -> web::Profile {
        if self.fast { web::Profile::Fast } else { web::Profile::Shipped }
    }
}
