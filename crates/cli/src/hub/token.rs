//! The secret that opens gated repositories.

use std::path::PathBuf;

/// A bearer token. It has no `Debug` and no `Display`: it goes into one header and nowhere else.
pub struct Token {
    secret: String,
    /// Where it was found, in words.
    pub source: String,
}

impl Token {
    /// The token of `HF_TOKEN`, or of the file that the hub's own tools keep: `HF_TOKEN_PATH`, else `token` in
    /// `HF_HOME` or in `huggingface` of the user's cache folder.
    ///
    /// # Errors
    /// It cannot stand in a header.
    pub fn find() -> Result<Option<Self>, String> {
        let named = std::env::var("HF_TOKEN").ok().map(|secret| (secret, "HF_TOKEN".to_owned()));
        let kept = || {
            let path = path()?;
            Some((std::fs::read_to_string(&path).ok()?, path.display().to_string()))
        };
        let Some((secret, source)) = named.or_else(kept) else { return Ok(None) };
        let secret = secret.trim();
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("the token of {source} has characters that no token has; give it anew"));
        }
        Ok((!secret.is_empty()).then(|| Self { secret: secret.to_owned(), source }))
    }

    /// The value of the header `Authorization`.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.secret)
    }
}

fn path() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("HF_TOKEN_PATH").or_else(|| {
        let home = variable("HF_HOME").or_else(|| Some(super::cache::users_cache()?.join("huggingface")))?;
        Some(home.join("token"))
    })
}
