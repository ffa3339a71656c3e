//! `reckon logits`: token ids in, logits out.

use std::collections::HashMap;

use engine::Session;
use safetensors::tensor::{Dtype, TensorView};

use crate::arguments::Logits;
use crate::load::load;

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Logits) -> Result<(), String> {
    let name = arguments.tokens.display();
    let text = std::fs::read_to_string(&arguments.tokens).map_err(|err| format!("{name}: {err}"))?;
    let tokens: Vec<u32> = serde_json::from_str(&text)
        .map_err(|err| format!("{name}: expected a JSON array of token ids: {err}"))?;
    let Ok(positions @ 1..) = u32::try_from(tokens.len()) else {
        return Err(format!("{name}: {} tokens; give at least one", tokens.len()));
    };
    if arguments.prefill.is_some_and(|prefill| prefill == 0 || tokens.len() < prefill) {
        return Err(format!("--prefill: expected 1 to {}, the number of tokens", tokens.len()));
    }

    let engine =
        load(&arguments.model.model, arguments.model.offline, arguments.model.options(Some(positions)))
            .await?;
    let mut session = Session::open(&engine).await.map_err(|err| err.to_string())?;
    let mut logits: Vec<u8> = Vec::new();
    let mut keep = |row: &[f32]| logits.extend(row.iter().flat_map(|logit| logit.to_le_bytes()));
    session.logits(&tokens, arguments.prefill, &mut keep).await.map_err(|err| err.to_string())?;

    let shape = vec![tokens.len(), engine.description().vocab_size as usize];
    let view = TensorView::new(Dtype::F32, shape, &logits).map_err(|err| format!("logits: {err}"))?;
    safetensors::serialize_to_file([("logits", view)], None::<HashMap<String, String>>, &arguments.out)
        .map_err(|err| format!("{}: {err}", arguments.out.display()))
}
