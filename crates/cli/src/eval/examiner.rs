//! Who asks: a loaded model, the problems it is asked, and the file its answers go to.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use engine::{Description, Device, Engine, GenerateOptions, Message, Prompt, Sampling, Session};
use evaluate::protocol::{DATE, PROMPT, STOP};
use evaluate::record::{Answered, Conditions, Kept};
use evaluate::{Problem, answer_seed};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::answers::Answers;
use super::asked;
use super::data::Data;
use crate::arguments::Eval;
use crate::generate::{Outcome, Screen, answer};
use crate::load::load_opened;
use crate::place::{Place, called};

/// A loaded model that is asked a suite's problems.
pub struct Examiner<'a> {
    arguments: &'a Eval,
    data: &'a Data,
    engine: Engine,
    answers: Answers,
}

impl<'a> Examiner<'a> {
    /// Loads the model, and takes up the file of answers.
    ///
    /// # Errors
    /// One readable line.
    pub async fn open(arguments: &'a Eval, data: &'a Data) -> Result<Self, String> {
        let path = arguments.model.as_deref().ok_or("name a model")?;
        let place = Place::find(path, arguments.offline)?;
        let opened = place.open().await?;
        let most = opened.checkpoint.config.max_position_embeddings;
        let options = arguments.held.options(Some(arguments.max_tokens.saturating_add(PROMPT).min(most)));
        let plan = opened.plan(&options, &()).map_err(|err| err.to_string())?;
        let dtypes: Vec<String> = plan.dtypes.iter().map(|dtype| (*dtype).to_owned()).collect();
        let parameters = opened.checkpoint.parameters();
        let engine = load_opened(&place, opened, options).await?;
        let description = engine.description();
        let conditions = Conditions {
            suite: arguments.suite.name().to_owned(),
            data_sha256: data.sha256.clone(),
            problems: data.problems.len() as u32,
            model: called(path),
            parameters,
            kv: description.kv.to_owned(),
            activations: arguments.held.activations.name().to_owned(),
            device: description.device.name().to_owned(),
            adapter: adapter(&description),
            reckon: env!("CARGO_PKG_VERSION").to_owned(),
            context: description.context,
            max_tokens: arguments.max_tokens,
            temperature: arguments.temperature,
            top_p: arguments.top_p,
            seed: arguments.seed,
            dtypes,
        };
        let out = arguments.out.clone().unwrap_or_else(|| file(&conditions));
        let answers = Answers::open(&out, &conditions)?;
        Ok(Self { arguments, data, engine, answers })
    }

    /// Asks what was not answered yet, and gives back all answers.
    ///
    /// # Errors
    /// One readable line.
    pub async fn run(mut self) -> Result<Kept, String> {
        let all: Vec<(u32, u32)> = asked(self.arguments, self.data, self.arguments.seed).collect();
        let open: Vec<(u32, u32)> =
            all.iter().copied().filter(|(number, sample)| !self.answers.kept.has(*number, *sample)).collect();
        // To start computes nothing, and finds a prompt that is too long or that the template refuses.
        let mut session = self.session().await?;
        for (number, sample) in &open {
            let problem = &self.data.problems[*number as usize];
            let started = session.start(&prompt(problem), self.options(*number, *sample));
            started.map_err(|err| format!("problem {number}: {err}"))?;
        }
        drop(session);
        let bar = bar(all.len(), all.len() - open.len());
        let (started, mut tokens) = (Instant::now(), 0);
        for (number, sample) in open {
            let answered = self.ask(number, sample).await?;
            tokens += answered.completion_tokens;
            self.answers.push(answered)?;
            bar.inc(1);
            bar.set_message(format!("{:.1} tokens/s", f64::from(tokens) / started.elapsed().as_secs_f64()));
        }
        bar.finish_and_clear();
        eprintln!("reckon: answers are in {}", self.answers.name);
        Ok(self.answers.kept)
    }

    async fn session(&self) -> Result<Session, String> {
        Session::open(&self.engine).await.map_err(|err| err.to_string())
    }

    async fn ask(&self, number: u32, sample: u32) -> Result<Answered, String> {
        let started = Instant::now();
        let problem = &self.data.problems[number as usize];
        let mut session = self.session().await?;
        let options = self.options(number, sample);
        let outcome = answer(&mut session, prompt(problem), options, &mut Screen::new(true)).await;
        let Outcome { text, finish, .. } = outcome.map_err(|err| format!("problem {number}: {err}"))?;
        Ok(Answered {
            number,
            sample,
            seed: answer_seed(self.arguments.seed, number, sample),
            text,
            prompt_tokens: finish.prompt_tokens,
            completion_tokens: finish.completion_tokens,
            finish_reason: match serde_json::to_value(finish.reason) {
                Ok(Value::String(name)) => name,
                _ => unreachable!("a reason is a name"),
            },
            ms: started.elapsed().as_secs_f64() * 1e3,
        })
    }

    fn options(&self, number: u32, sample: u32) -> GenerateOptions {
        let Eval { temperature, top_p, max_tokens, seed, .. } = *self.arguments;
        let seed = u64::from(answer_seed(seed, number, sample));
        GenerateOptions {
            max_tokens: Some(max_tokens),
            sampling: Sampling { temperature, top_p, seed, ..Sampling::default() },
            stop: STOP.map(str::to_owned).into(),
            date: Some(DATE.to_owned()),
            ..GenerateOptions::default()
        }
    }
}

fn prompt(problem: &Problem) -> Prompt {
    Prompt::Chat(vec![Message::new("user", &problem.question)])
}

/// What computes. Threads of a processor each have whole rows: their number changes no sum, so it may change from one sitting
/// to the next.
fn adapter(Description { device, adapter, .. }: &Description) -> String {
    let machine = match device {
        Device::Cpu => adapter.rsplit_once(", ").map(|(machine, _)| machine),
        _ => None,
    };
    machine.unwrap_or(adapter).to_owned()
}

/// Where answers go that nobody named a file for.
fn file(Conditions { suite, model, dtypes, .. }: &Conditions) -> PathBuf {
    PathBuf::from(format!("{suite}-{model}-{}.jsonl", dtypes.join("-")))
}

/// A bar that is at `here` of `all`; what is left is reckoned from what comes.
fn bar(all: usize, here: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("asking {wide_bar} {pos}/{len} {msg} {elapsed} gone, {eta} to go");
    let bar = ProgressBar::with_draw_target(Some(all as u64), ProgressDrawTarget::stderr());
    bar.set_style(style.expect("the template is one of our own"));
    bar.set_position(here as u64);
    bar.reset_eta();
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}
