//! A conversation as the model was trained to read it.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, Value, context};

use crate::json::tojson;
use crate::{Error, Message};

/// A chat template in Jinja, as Hugging Face's `apply_chat_template` renders it.
#[derive(Clone, Debug)]
pub struct ChatTemplate {
    source: String,
}

/// The chat format of Llama 3, for models that bring no template of their own.
const LLAMA3: &str = "{{- bos_token or '<|begin_of_text|>' }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}";

/// Steps a template may take: hundreds of times what a long conversation needs, and far less than a second.
const FUEL: u64 = 5_000_000;

/// What a template may know beside the messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context<'a> {
    pub bos_token: &'a str,
    pub eos_token: &'a str,
    pub date: Option<&'a str>,
}

impl ChatTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// Its syntax is broken; the message names the line.
    pub fn new(source: &str) -> Result<Self, Error> {
        environment().template_from_str(source).map_err(fault)?;
        Ok(Self { source: source.to_owned() })
    }

    /// The template of a Hugging Face folder: `chat_template.jinja`, else `chat_template` of `tokenizer_config.json`, else
    /// nothing.
    ///
    /// # Errors
    /// The configuration is no JSON, or the template's syntax is broken.
    pub fn from_files(tokenizer_config: Option<&[u8]>, jinja: Option<&str>) -> Result<Option<Self>, Error> {
        if let Some(source) = jinja {
            return Self::new(source).map(Some);
        }
        let Some(json) = tokenizer_config else { return Ok(None) };
        let config: serde_json::Value = serde_json::from_slice(json)
            .map_err(|err| Error::Template { fault: format!("tokenizer_config.json is not JSON: {err}") })?;
        let template = &config["chat_template"];
        // Some files name several; the one called default is for conversations without tools.
        let named = template.as_array().and_then(|list| {
            list.iter()
                .find(|entry| entry["name"] == "default")
                .or(list.first())
                .map(|entry| &entry["template"])
        });
        named.unwrap_or(template).as_str().map(Self::new).transpose()
    }

    /// The chat format of Llama 3.
    pub fn fallback() -> Self {
        Self { source: LLAMA3.to_owned() }
    }

    /// Writes `messages` and, after them, the beginning of the assistant's turn.
    ///
    /// # Errors
    /// The template refuses the conversation, fails, or takes too long.
    pub(crate) fn render(&self, messages: &[Message], about: Context<'_>) -> Result<String, Error> {
        let mut environment = environment();
        if let Some(date) = about.date {
            let date: jiff::civil::DateTime = date.parse().map_err(|_| Error::Template {
                fault: format!("date {date:?}: expected one like 2026-01-31 or 2026-01-31T12:00:00"),
            })?;
            environment.add_function("strftime_now", move |format: &str| {
                jiff::fmt::strtime::format(format, date)
                    .map_err(|err| minijinja::Error::new(ErrorKind::InvalidOperation, err.to_string()))
            });
        }
        let template = environment.template_from_str(&self.source).map_err(fault)?;
        let context = context! {
            messages => messages.iter().map(value).collect::<Value>(),
            bos_token => about.bos_token,
            eos_token => about.eos_token,
            add_generation_prompt => true,
        };
        template.render(context).map_err(fault)
    }
}

/// What `apply_chat_template` gives a template: its whitespace rules, Python's methods, `tojson` and `raise_exception`.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let whitespace = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(whitespace.expect("the delimiters are Jinja's own"));
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_filter("tojson", tojson);
    environment.add_function("raise_exception", |message: String| -> Result<String, minijinja::Error> {
        Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
    });
    environment
}

fn value(message: &Message) -> Value {
    Value::from_pairs([("role", message.role.as_str()), ("content", message.content.as_str())])
}

fn fault(err: minijinja::Error) -> Error {
    Error::Template { fault: err.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello() -> Vec<Message> {
        vec![Message::new("system", "Be brief."), Message::new("user", "<b> & \"Hi\"")]
    }

    fn render(source: &str, date: Option<&str>) -> Result<String, Error> {
        ChatTemplate::new(source)?.render(&hello(), Context { bos_token: "<s>", eos_token: "</s>", date })
    }

    #[test]
    fn the_fallback_is_llama_3s() {
        let text = ChatTemplate::fallback().render(&hello(), Context::default()).unwrap();
        let expected = "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>\
                        <|start_header_id|>user<|end_header_id|>\n\n<b> & \"Hi\"<|eot_id|>\
                        <|start_header_id|>assistant<|end_header_id|>\n\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn whitespace_and_python_methods_are_those_of_transformers() {
        let source = "{{ bos_token }}\n{% for m in messages %}\n    {% if m['role'] == 'user' %}\n{{ m.content.strip() }}|\n    \
                      {% endif %}\n{% endfor %}\n{{ messages[0].content.split(' ')[0] ~ messages[1:] | length }}";
        assert_eq!(render(source, None).unwrap(), "<s>\n<b> & \"Hi\"|\nBe1");
    }

    #[test]
    fn tojson_is_that_of_python() {
        assert_eq!(
            render("{{ messages[1] | tojson }}", None).unwrap(),
            r#"{"content": "<b> & \"Hi\"", "role": "user"}"#
        );
        assert_eq!(render("{{ [1, 'é'] | tojson(indent=2) }}", None).unwrap(), "[\n  1,\n  \"é\"\n]");
    }

    #[test]
    fn a_day_is_known_only_when_it_is_given() {
        let source =
            "{% if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% else %}never{% endif %}";
        assert_eq!(render(source, Some("2026-01-31")).unwrap(), "31 Jan 2026");
        assert_eq!(render(source, Some("2026-01-31T10:00:00")).unwrap(), "31 Jan 2026");
        assert_eq!(render(source, None).unwrap(), "never");
        assert!(render(source, Some("tomorrow")).unwrap_err().to_string().contains("2026-01-31"));
    }

    #[test]
    fn a_refusal_a_mistake_and_an_endless_loop_are_errors() {
        let words = |source| render(source, None).unwrap_err().to_string();
        assert!(words("{{ raise_exception('roles must alternate') }}").contains("roles must alternate"));
        assert!(words("{% for x in %}").contains("chat template: syntax error"));
        assert!(
            words("{% for x in range(9999) %}{% for y in range(9999) %}.{% endfor %}{% endfor %}")
                .contains("fuel")
        );
    }

    #[test]
    fn a_list_of_templates_has_a_default_and_a_file_comes_first() {
        let config = br#"{"chat_template": [{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d"}]}"#;
        let source = |jinja| ChatTemplate::from_files(Some(config), jinja).unwrap().unwrap().source;
        assert_eq!(source(None), "d");
        assert_eq!(source(Some("j")), "j");
        assert!(ChatTemplate::from_files(Some(b"{}"), None).unwrap().is_none());
        assert!(ChatTemplate::from_files(Some(b"{"), None).is_err());
    }
}
