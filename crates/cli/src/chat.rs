//! `reckon chat`: turn after turn.

use std::io::{BufRead, IsTerminal, Write};

use engine::{Message, Prompt, Session};

use crate::arguments::Chat;
use crate::generate::{Screen, answer};
use crate::load::{computed_on, load};

/// Runs the command until end of input or `/exit`.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Chat) -> Result<(), String> {
    let engine = load(
        &arguments.model.model,
        arguments.model.offline,
        arguments.model.options(arguments.sample.context),
    )
    .await?;
    let mut session = Session::open(&engine).await.map_err(|err| err.to_string())?;
    let description = engine.description();
    let (adapter, computed_on) = (&description.adapter, computed_on(&description));
    eprintln!(
        "{computed_on}. Type a question; /new forgets the conversation, /exit or end of input ends it."
    );
    let system: Vec<Message> = arguments.system.iter().map(|text| Message::new("system", text)).collect();
    let mut messages = system.clone();
    while let Some(question) = ask()? {
        match question.trim() {
            "" => continue,
            "/exit" => break,
            "/new" => messages.clone_from(&system),
            text => {
                messages.push(Message::new("user", text));
                let mut screen = Screen::new(false);
                let prompt = Prompt::Chat(messages.clone());
                match answer(&mut session, prompt, arguments.sample.options(), &mut screen).await {
                    Ok(outcome) => {
                        eprintln!("{}", outcome.summary(adapter));
                        messages.push(Message::new("assistant", &outcome.answer));
                    }
                    // The conversation stands; the question can be asked anew, shorter.
                    Err(message) => {
                        messages.pop();
                        eprintln!("reckon: {message}");
                    }
                }
            }
        }
    }
    Ok(())
}

fn ask() -> Result<Option<String>, String> {
    if std::io::stdin().is_terminal() {
        eprint!("> ");
        std::io::stderr().flush().map_err(|err| format!("stderr: {err}"))?;
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).map_err(|err| format!("stdin: {err}"))?;
    Ok((read > 0).then_some(line))
}
