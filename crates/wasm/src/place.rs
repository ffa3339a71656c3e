//! Where on the web a model's files are, and as whom they are asked for.

use js_sys::{Reflect, encode_uri_component};
use wasm_bindgen::JsValue;
use web_sys::Url;

use crate::fault::{Code, fault};

/// The hub where none is named.
const HUB: &str = "https://huggingface.co";
/// What is loaded where no revision is named.
const REVISION: &str = "main";

/// A folder of some server.
pub(crate) struct Place {
    /// With its slash at the end.
    pub(crate) folder: String,
    /// What follows `?` in the address: it goes with every file.
    pub(crate) query: String,
    /// A GGUF's name, or nothing where the folder is the model.
    pub(crate) model: String,
    pub(crate) hub: Option<Hub>,
}

/// A hub's side of a place.
pub(crate) struct Hub {
    /// Where its licence is accepted.
    pub(crate) repo: String,
    /// Who asks: goes into a header of requests to the hub, and nowhere else.
    pub(crate) token: Option<String>,
}

impl Place {
    /// Of the address of a GGUF or of a folder.
    pub(crate) fn at(url: &str) -> Result<Self, JsValue> {
        let url = Url::new(url).map_err(|_| fault(Code::Options, &format!("{url:?} is no address")))?;
        let path = format!("{}{}", url.origin(), url.pathname());
        let (folder, model) = match path.to_lowercase().ends_with(".gguf") {
            true => path.split_at(path.rfind('/').map_or(0, |slash| slash + 1)),
            false => (path.as_str(), ""),
        };
        let folder = format!("{}/", folder.trim_end_matches('/'));
        Ok(Self { folder, query: url.search(), model: model.to_owned(), hub: None })
    }

    /// Of `{ repo, revision?, file?, host?, token? }`.
    pub(crate) fn on_hub(value: &JsValue) -> Result<Self, JsValue> {
        let get = |key: &str| {
            let value = Reflect::get(value, &JsValue::from_str(key)).ok()?.as_string()?;
            Some(value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let refused = |message: &str| fault(Code::Options, message);
        let repo = get("repo").unwrap_or_default();
        if !is_repo(&repo) {
            return Err(refused(&format!(
                "{repo:?} is no repository; expected owner/name, of letters, digits, '-', '_' and '.'"
            )));
        }
        let host = get("host").unwrap_or_else(|| HUB.to_owned());
        let host = Url::new(&host)
            .map_err(|_| refused(&format!("host: {host:?} is no address; expected one such as {HUB}")))?;
        let token = get("token");
        let is_near = ["localhost", "127.0.0.1", "[::1]"].contains(&host.hostname().as_str());
        if token.is_some() && host.protocol() != "https:" && !is_near {
            return Err(refused(&format!("host: {}; a token is sent over https only", host.origin())));
        }
        if token.as_ref().is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(refused("token: it holds a character that no token has; was it copied whole?"));
        }
        let repo = format!("{}{}/{repo}", host.origin(), host.pathname().trim_end_matches('/'));
        let revision = get("revision").unwrap_or_else(|| REVISION.to_owned());
        let folder = format!("{repo}/resolve/{}/", encode_uri_component(&revision));
        let file = get("file").unwrap_or_default();
        if !file.is_empty() && !file.to_lowercase().ends_with(".gguf") {
            return Err(refused(&format!("file: {file:?}; expected the name of a .gguf in the repository")));
        }
        let segments: Vec<String> =
            file.split('/').map(|segment| encode_uri_component(segment).into()).collect();
        let hub = Some(Hub { repo, token });
        Ok(Self { folder, query: String::new(), model: segments.join("/"), hub })
    }

    /// Where the file is.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("{}{name}{}", self.folder, self.query)
    }
}

/// `owner/name`, as hubs write it.
fn is_repo(repo: &str) -> bool {
    let is_name = |name: &str| {
        let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        (1..=96).contains(&name.len()) && letters && !name.starts_with(['.', '-'])
    };
    repo.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}
