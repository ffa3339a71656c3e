//! One golden case: a seeded model, its input, and what transformers computed.

use std::fs;
use std::path::PathBuf;

use checkpoint::Dtype;
use reference::{Kv, Model};
use safetensors::SafeTensors;
use serde_json::Value;

use crate::gguf::{self, Entry};
use crate::model::{ModelFile, Tensor, tensors};
use crate::seeded::FileType;
use crate::{Fixture, hugging_face, root};

/// A golden case.
pub struct Case {
    /// Its name, the sentence's worth of what it varies.
    pub name: String,
    /// `config.json`.
    pub config: Value,
    /// The input, (T).
    pub ids: Vec<u32>,
    /// Which positions' logits are known, (P).
    pub positions: Vec<usize>,
    /// Those logits, (P, V).
    pub logits: Vec<f32>,
    /// Prompts with their greedy continuations; only of `tiny_text`.
    pub texts: Vec<Text>,
    container: String,
    dtypes: Vec<(String, FileType)>,
    seed: u64,
    amplitude: f32,
}

/// A prompt and what follows it greedily.
pub struct Text {
    /// The prompt, special tokens in their textual form.
    pub prompt: String,
    /// Its ids.
    pub prompt_ids: Vec<u32>,
    /// What follows; a stop id included.
    pub tokens: Vec<u32>,
    /// The same as text, special tokens left out.
    pub text: String,
}

impl Case {
    /// All cases, by name.
    ///
    /// # Panics
    /// The folder of goldens is damaged.
    pub fn all() -> Vec<Self> {
        let folder = fs::read_dir(root().join("golden/cases")).expect("goldens are committed");
        let paths = folder.map(|entry| entry.expect("the folder can be read").path());
        let mut names: Vec<String> = paths
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names.iter().map(|name| Self::named(name)).collect()
    }

    /// The case of that name.
    ///
    /// # Panics
    /// There is none, or it is damaged.
    pub fn named(name: &str) -> Self {
        let file = |extension: &str| {
            let path = root().join("golden/cases").join(format!("{name}.{extension}"));
            fs::read(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
        };
        let about: Value = serde_json::from_slice(&file("json")).expect("a golden is JSON");
        let bytes = file("safetensors");
        let arrays = SafeTensors::deserialize(&bytes).expect("a golden is safetensors");
        let words = |array: &str| -> Vec<[u8; 4]> {
            let data = arrays.tensor(array).expect("a golden has its arrays").data();
            data.as_chunks().0.to_vec()
        };
        let pair = |pair: &Value| (text(&pair[0]), FileType::named(&text(&pair[1])));
        Self {
            name: name.to_owned(),
            config: about["config"].clone(),
            ids: words("ids").into_iter().map(u32::from_le_bytes).collect(),
            positions: words("positions").into_iter().map(|word| u32::from_le_bytes(word) as usize).collect(),
            logits: words("logits").into_iter().map(f32::from_le_bytes).collect(),
            texts: list(&about["text"]).iter().map(Text::read).collect(),
            container: text(&about["container"]),
            dtypes: list(&about["dtypes"]).iter().map(pair).collect(),
            seed: about["seed"].as_u64().expect("a seed"),
            amplitude: about["amplitude"].as_f64().expect("an amplitude") as f32,
        }
    }

    /// Tiny models of blocks that no golden of transformers has: one for each type, one that mixes them as quantisers
    /// do. Their logits are the reference's, of f32 keys and values.
    ///
    /// # Panics
    /// The reference refuses one.
    pub fn of_blocks() -> Vec<Self> {
        let types = ["Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"];
        let alone = types.map(|name| (name.to_lowercase(), vec![("", name)]));
        let mixed =
            vec![("embed_tokens", "Q6_K"), ("v_proj", "Q6_K"), ("0.feed_forward.down", "Q6_K"), ("", "Q4_K")];
        alone
            .into_iter()
            .chain([("q4_k_m".to_owned(), mixed)])
            .map(|(name, types)| Self::of_types(&name, &types))
            .collect()
    }

    /// A Hugging Face folder of 20 MB, whose logits are the reference's: what is worth keeping between visits.
    pub fn of_20_mb() -> Self {
        let sizes = [("vocab_size", 4096), ("intermediate_size_mlp", 1024), ("num_hidden_layers", 4)];
        Self { container: "safetensors".to_owned(), ..Self::of_sizes("20_mb", &sizes, &[("", "F32")]) }
    }

    fn of_types(name: &str, types: &[(&str, &str)]) -> Self {
        let sizes = [("intermediate_size_mlp", 256), ("num_hidden_layers", 2)];
        Self::of_sizes(&format!("llama4_gguf_{name}"), &sizes, types)
    }

    fn of_sizes(name: &str, sizes: &[(&str, u32)], types: &[(&str, &str)]) -> Self {
        let Self { mut config, ids, .. } = Self::named("mobilellm_r1_like");
        let heads =
            [("num_attention_heads", 4), ("num_key_value_heads", 2), ("head_dim", 64), ("hidden_size", 256)];
        for (key, size) in heads.iter().chain(sizes) {
            config[key] = (*size).into();
        }
        let norms = [("norm", "F32")];
        let types = norms.iter().chain(types);
        let mut case = Self {
            name: name.to_owned(),
            positions: (0..ids.len()).collect(),
            logits: Vec::new(),
            texts: Vec::new(),
            container: "gguf".to_owned(),
            dtypes: types.map(|(part, name)| ((*part).to_owned(), FileType::named(name))).collect(),
            seed: 7,
            amplitude: 0.25,
            config,
            ids,
        };
        case.logits = case.reference(None, Kv::F32);
        case
    }

    /// The reference's logits (T, V) of the input, matrices rounded to `dtype`, or as they are.
    ///
    /// # Panics
    /// It refuses the model.
    pub fn reference(&self, dtype: Option<Dtype>, kv: Kv) -> Vec<f32> {
        let opened = self.open().unwrap_or_else(|err| panic!("{}: {err}", self.name));
        let held = opened.checkpoint.held(dtype);
        let model = Model::load(&opened.checkpoint, &held, &opened.files);
        model.unwrap_or_else(|err| panic!("{}: {err}", self.name)).forward(&self.ids, kv)
    }

    /// V.
    pub fn vocab_size(&self) -> usize {
        self.logits.len() / self.positions.len()
    }

    /// Whether the model is one GGUF file.
    pub fn is_gguf(&self) -> bool {
        self.container == "gguf"
    }

    /// Whether every tensor of the file is f32.
    pub fn holds_only_f32(&self) -> bool {
        self.dtypes.iter().all(|(_, dtype)| *dtype == FileType::F32)
    }

    /// Of logits at all positions (T, V) those the golden knows, (P, V).
    pub fn chosen(&self, logits: &[f32]) -> Vec<f32> {
        let v = self.vocab_size();
        self.positions.iter().flat_map(|position| &logits[position * v..][..v]).copied().collect()
    }

    /// Every tensor, under its Hugging Face name.
    pub fn tensors(&self) -> Vec<Tensor> {
        tensors(&self.config, &self.dtypes, self.seed, self.amplitude)
    }

    /// The model's files.
    pub fn files(&self) -> Vec<ModelFile> {
        match self.container.as_str() {
            "gguf" => vec![ModelFile { name: "model.gguf".to_owned(), bytes: self.gguf().bytes() }],
            "sharded" => hugging_face::sharded(&self.config, self.tensors()),
            _ => self.folder(),
        }
    }

    /// The model as a GGUF, whatever the case's own form is.
    pub fn gguf(&self) -> gguf::File {
        gguf::File::of(&self.config, &self.vocabulary(), self.tensors())
    }

    /// The model as a Hugging Face folder in one safetensors file, whatever the case's own form is; with the
    /// tokenizer, where there is text.
    pub fn folder(&self) -> Vec<ModelFile> {
        let mut files = hugging_face::single(&self.config, &self.tensors());
        if !self.texts.is_empty() {
            let bytes =
                fs::read(root().join("golden/tiny_tokenizer.json")).expect("the tokenizer is committed");
            files.push(ModelFile { name: "tokenizer.json".to_owned(), bytes });
        }
        files
    }

    /// Writes the model's files into `fixture`: what `--model` takes.
    pub fn write(&self, fixture: &Fixture) -> PathBuf {
        for file in self.files() {
            fixture.write(&file.name, &file.bytes);
        }
        fixture.path(if self.is_gguf() { "model.gguf" } else { "" })
    }

    fn vocabulary(&self) -> Vec<(&'static str, Entry)> {
        if self.texts.is_empty() {
            return Vec::new();
        }
        let bytes = fs::read(root().join("golden/tiny_tokenizer.json")).expect("the tokenizer is committed");
        let tokenizer: Value = serde_json::from_slice(&bytes).expect("the tokenizer is JSON");
        let vocabulary = tokenizer["model"]["vocab"].as_object().expect("a vocabulary");
        let plain = vocabulary.iter().map(|(token, id)| (id.as_u64(), token.clone(), 1));
        let added = list(&tokenizer["added_tokens"]);
        let special = added.iter().map(|token| (token["id"].as_u64(), text(&token["content"]), 3));
        let mut tokens: Vec<_> = plain.chain(special).collect();
        tokens.sort();
        let merge = |pair: &Value| format!("{} {}", text(&pair[0]), text(&pair[1]));
        let merges = list(&tokenizer["model"]["merges"]).iter().map(merge).collect();
        let id = |key: &str| {
            let value = &self.config[key];
            Entry::U32(value.as_u64().or(value[0].as_u64()).expect("an id") as u32)
        };
        vec![
            ("tokenizer.ggml.model", Entry::Text("gpt2".to_owned())),
            ("tokenizer.ggml.pre", Entry::Text("llama-bpe".to_owned())),
            ("tokenizer.ggml.token_type", Entry::I32s(tokens.iter().map(|(_, _, kind)| *kind).collect())),
            ("tokenizer.ggml.tokens", Entry::Texts(tokens.into_iter().map(|(_, token, _)| token).collect())),
            ("tokenizer.ggml.merges", Entry::Texts(merges)),
            ("tokenizer.ggml.bos_token_id", id("bos_token_id")),
            ("tokenizer.ggml.eos_token_id", id("eos_token_id")),
            ("tokenizer.ggml.add_bos_token", Entry::Bool(true)),
        ]
    }
}

impl Text {
    fn read(about: &Value) -> Self {
        let ids = |key: &str| list(&about[key]).iter().map(|id| id.as_u64().unwrap_or(0) as u32).collect();
        Self {
            prompt: text(&about["prompt"]),
            prompt_ids: ids("prompt_ids"),
            tokens: ids("tokens"),
            text: text(&about["text"]),
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}: expected text")).to_owned()
}
