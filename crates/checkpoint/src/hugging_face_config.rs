//! `config.json` and `generation_config.json` to a [`Config`].
//!
//! Source: `configuration_llama4.py` and `configuration_llama.py` of transformers, whose defaults hold where a key is
//! missing.

use serde_json::{Map, Value};

use crate::{Architecture, Config, Error, LayerConfig, Llama3Scaling, Temperature};

const SUPPORTED: &str = "llama4_text (dense) and llama";

/// Reads the configuration of a Hugging Face folder.
pub(crate) fn parse(config_json: &[u8], generation_config_json: Option<&[u8]>) -> Result<Config, Error> {
    let outer = object(config_json, "config.json")?;
    let keys = match outer.get("text_config") {
        Some(Value::Object(inner)) => Keys(inner),
        _ => Keys(&outer),
    };
    let architecture = match keys.text("model_type")? {
        Some("llama4_text") => Architecture::Llama4Text,
        Some("llama") => Architecture::Llama,
        found => {
            let what = format!("model_type {}", found.unwrap_or("(missing)"));
            return Err(Error::Unsupported { what, supported: SUPPORTED });
        }
    };
    let llama4 = architecture == Architecture::Llama4Text;
    refuse_variants(&keys, llama4)?;

    let hidden_size = keys.u32("hidden_size")?;
    let num_attention_heads = keys.u32("num_attention_heads")?;
    let head_dim = match keys.optional_u32("head_dim")? {
        Some(head_dim) => head_dim,
        None if llama4 => 128,
        None => hidden_size.checked_div(num_attention_heads).unwrap_or(0),
    };
    let width = if llama4 { keys.optional_u32("intermediate_size_mlp")? } else { None };
    let num_hidden_layers = keys.u32("num_hidden_layers")?;
    let mut eos_token_ids = keys.ids("eos_token_id")?;
    if let Some(json) = generation_config_json {
        let generation = object(json, "generation_config.json")?;
        eos_token_ids.extend(Keys(&generation).ids("eos_token_id")?);
    }
    let (rope_theta, rope_scaling) = rope(&keys)?;
    Config {
        architecture,
        hidden_size,
        intermediate_size: width.map_or_else(|| keys.u32("intermediate_size"), Ok)?,
        num_hidden_layers,
        num_attention_heads,
        num_key_value_heads: keys.optional_u32("num_key_value_heads")?.unwrap_or(num_attention_heads),
        head_dim,
        vocab_size: keys.u32("vocab_size")?,
        max_position_embeddings: keys.u32("max_position_embeddings")?,
        rms_norm_eps: keys.optional_f64("rms_norm_eps")?.unwrap_or(if llama4 { 1e-5 } else { 1e-6 }) as f32,
        rope_theta,
        rope_scaling,
        tie_word_embeddings: keys.flag("tie_word_embeddings", false)?,
        attention_bias: keys.flag("attention_bias", false)?,
        bos_token_id: keys.ids("bos_token_id")?.first().copied(),
        eos_token_ids,
        layers: layers(&keys, num_hidden_layers.min(1024), llama4)?,
    }
    .check()
}

/// What would change the forward pass and is not built.
fn refuse_variants(keys: &Keys<'_>, llama4: bool) -> Result<(), Error> {
    let refuse = |what: String| Err(Error::Unsupported { what, supported: SUPPORTED });
    match keys.text("hidden_act")? {
        None | Some("silu") => {}
        Some(other) => return refuse(format!("hidden_act {other}")),
    }
    if keys.flag("mlp_bias", false)? {
        return refuse("mlp_bias".to_owned());
    }
    if keys.optional_f64("partial_rotary_factor")?.is_some_and(|factor| factor != 1.0) {
        return refuse("partial_rotary_factor".to_owned());
    }
    let experts = match keys.0.get("moe_layers") {
        Some(Value::Array(layers)) => !layers.is_empty(),
        _ => {
            llama4
                && keys.optional_u32("interleave_moe_layer_step")?.unwrap_or(1) > 0
                && keys.optional_u32("num_local_experts")?.unwrap_or(16) > 0
        }
    };
    if experts { refuse("a mixture of experts".to_owned()) } else { Ok(()) }
}

fn rope(keys: &Keys<'_>) -> Result<(f64, Option<Llama3Scaling>), Error> {
    let parameters = keys.object("rope_parameters")?;
    let theta =
        match parameters.map(|parameters| parameters.optional_f64("rope_theta")).transpose()?.flatten() {
            Some(theta) => Some(theta),
            None => keys.optional_f64("rope_theta")?,
        };
    let theta = theta.ok_or_else(|| Error::config("rope_theta", "missing; expected a number"))?;
    let Some(scaling) = keys.object("rope_scaling")?.or(parameters) else {
        return Ok((theta, None));
    };
    let kind = match scaling.text("rope_type")? {
        Some(kind) => Some(kind),
        None => scaling.text("type")?,
    };
    match kind {
        None | Some("default") => Ok((theta, None)),
        Some("llama3") => {
            let original = "original_max_position_embeddings";
            let factors = Llama3Scaling {
                factor: scaling.f64("factor")?,
                low_freq_factor: scaling.f64("low_freq_factor")?,
                high_freq_factor: scaling.f64("high_freq_factor")?,
                original_max_position_embeddings: scaling.f64(original)?,
            };
            Ok((theta, Some(factors)))
        }
        Some(other) => Err(Error::Unsupported {
            what: format!("rope_scaling of type {other}"),
            supported: "none and llama3",
        }),
    }
}

fn layers(keys: &Keys<'_>, count: u32, llama4: bool) -> Result<Vec<LayerConfig>, Error> {
    if !llama4 {
        let plain =
            LayerConfig { use_rope: true, use_qk_norm: false, attention_chunk_size: None, temperature: None };
        return Ok(vec![plain; count as usize]);
    }
    let no_rope_layers = keys.list("no_rope_layers", count)?;
    let interval = keys.optional_u32("no_rope_layer_interval")?.unwrap_or(4).max(1);
    let layer_types = keys.list("layer_types", count)?;
    let chunk = match keys.0.get("attention_chunk_size") {
        Some(Value::Null) => None,
        _ => Some(keys.optional_u32("attention_chunk_size")?.unwrap_or(8192)),
    };
    if chunk == Some(0) {
        return Err(Error::config("attention_chunk_size", "0; expected positions, or null"));
    }
    let use_qk_norm = keys.flag("use_qk_norm", true)?;
    let temperature = Temperature {
        floor_scale: keys.optional_u32("floor_scale")?.unwrap_or(8192),
        attn_scale: keys.optional_f64("attn_scale")?.unwrap_or(0.1) as f32,
    };
    if temperature.floor_scale == 0 {
        return Err(Error::config("floor_scale", "0; expected positions"));
    }
    let is_tempered = keys.flag("attn_temperature_tuning", true)?;
    let layer = |l: u32| {
        // The name is inverted: 1 means that the layer has rotary embedding.
        let use_rope = match no_rope_layers {
            Some(list) => list[l as usize] == 1 || list[l as usize] == true,
            None => !(l + 1).is_multiple_of(interval),
        };
        let is_chunked = match layer_types.map(|types| types[l as usize].as_str()) {
            None => use_rope,
            Some(Some("chunked_attention")) => true,
            Some(Some("full_attention")) => false,
            Some(other) => {
                let what = format!("layer_types entry {}", other.unwrap_or("that is no string"));
                return Err(Error::Unsupported { what, supported: "full_attention and chunked_attention" });
            }
        };
        Ok(LayerConfig {
            use_rope,
            use_qk_norm: use_qk_norm && use_rope,
            attention_chunk_size: chunk.filter(|_| is_chunked),
            temperature: (is_tempered && !use_rope).then_some(temperature),
        })
    };
    (0..count).map(layer).collect()
}

fn object(json: &[u8], file: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_slice(json).map_err(|err| Error::config(file, format!("expected a JSON object: {err}")))
}

/// Typed access to a JSON object; a key that is `null` is a key that is missing.
#[derive(Clone, Copy)]
struct Keys<'a>(&'a Map<String, Value>);

impl<'a> Keys<'a> {
    fn get<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| {
                let found: String = value.to_string().chars().take(60).collect();
                Error::config(key, format!("{found}; expected {expected}"))
            }),
        }
    }

    fn optional_u32(&self, key: &str) -> Result<Option<u32>, Error> {
        self.get(key, "a whole number below 2^32", |value| value.as_u64().and_then(|n| u32::try_from(n).ok()))
    }

    fn u32(&self, key: &str) -> Result<u32, Error> {
        self.optional_u32(key)?.ok_or_else(|| Error::config(key, "missing; expected a whole number"))
    }

    fn optional_f64(&self, key: &str) -> Result<Option<f64>, Error> {
        self.get(key, "a number", Value::as_f64)
    }

    fn f64(&self, key: &str) -> Result<f64, Error> {
        self.optional_f64(key)?.ok_or_else(|| Error::config(key, "missing; expected a number"))
    }

    /// A boolean, or a number that stands for one as in early Llama 4 files.
    fn flag(&self, key: &str, default: bool) -> Result<bool, Error> {
        let read = |value: &Value| value.as_bool().or_else(|| value.as_u64().map(|number| number != 0));
        Ok(self.get(key, "true or false", read)?.unwrap_or(default))
    }

    fn text(&self, key: &str) -> Result<Option<&'a str>, Error> {
        self.get(key, "a string", Value::as_str)
    }

    fn object(&self, key: &str) -> Result<Option<Keys<'a>>, Error> {
        self.get(key, "an object", |value| value.as_object().map(Keys))
    }

    /// A list with an entry a layer, or more; an empty one is a missing one.
    fn list(&self, key: &str, layers: u32) -> Result<Option<&'a [Value]>, Error> {
        let Some(list) = self.get(key, "a list", Value::as_array)? else { return Ok(None) };
        if !list.is_empty() && list.len() < layers as usize {
            return Err(Error::config(key, format!("{} entries for {layers} layers", list.len())));
        }
        Ok(Some(list.as_slice()).filter(|list| !list.is_empty()))
    }

    /// One token id, or a list of them.
    fn ids(&self, key: &str) -> Result<Vec<u32>, Error> {
        let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
        let read = |value: &Value| match value {
            Value::Array(ids) => ids.iter().map(id).collect(),
            value => id(value).map(|id| vec![id]),
        };
        Ok(self.get(key, "a token id or a list of them", read)?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOBILE: &str = r#"{"model_type":"llama4_text","hidden_size":576,"intermediate_size":8192,
        "intermediate_size_mlp":2048,"num_hidden_layers":15,"num_attention_heads":9,"num_key_value_heads":3,
        "head_dim":64,"vocab_size":128256,"max_position_embeddings":32768,"rms_norm_eps":1e-5,"rope_theta":8000000.0,
        "rope_scaling":null,"moe_layers":[],"interleave_moe_layer_step":0,"num_local_experts":0,
        "attn_temperature_tuning":false,"no_rope_layers":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],
        "tie_word_embeddings":true,"bos_token_id":128000,"eos_token_id":[128001,128008]}"#;

    fn with(key: &str, value: &str) -> Result<Config, Error> {
        let mut config: Map<String, Value> = serde_json::from_str(MOBILE).unwrap();
        config.insert(key.to_owned(), serde_json::from_str(value).unwrap());
        parse(&serde_json::to_vec(&config).unwrap(), None)
    }

    #[test]
    fn mobilellm_r1_is_read_as_its_own_code_reads_it() {
        let config = parse(MOBILE.as_bytes(), Some(br#"{"eos_token_id":[128009, 128001]}"#)).unwrap();
        assert_eq!(config.intermediate_size, 2048);
        assert_eq!(config.eos_token_ids, [128001, 128008, 128009]);
        assert_eq!(config.layers.len(), 15);
        assert!(config.layers.iter().all(|layer| layer.use_rope && layer.use_qk_norm));
        assert_eq!(config.layers[0].temperature, None);
        // 140,248,512 parameters, of which 17,856 are in norms.
        assert_eq!(config.matrix_elements(), 140_230_656);
        assert_eq!(config.kv_elements_per_position(), 5_760);
    }

    #[test]
    fn frequencies_are_those_of_transformers() {
        let frequencies = parse(MOBILE.as_bytes(), None).unwrap().inv_freq();
        for (found, expected) in frequencies.iter().zip([1.0, 0.608_525_04, 0.370_302_7, 0.225_338_46]) {
            assert!((found - expected).abs() <= 1e-7, "{found} {expected}");
        }
    }

    #[test]
    fn a_late_rotation_is_the_same_alone_and_in_a_long_table() {
        let config = parse(MOBILE.as_bytes(), None).unwrap();
        let table = config.rotations(0..777);
        assert_eq!(table[..32], [[1.0, 0.0]; 32]);
        assert_eq!(config.rotations(776..777), table[776 * 32..]);
        let angle = f64::from(776.0_f32 * config.inv_freq()[1]);
        assert_eq!(table[776 * 32 + 1], [angle.cos() as f32, angle.sin() as f32]);
    }

    #[test]
    fn layers_without_rope_have_neither_norm_nor_chunk() {
        let config = with("no_rope_layers", "[1,0,1,1,1,1,1,1,1,1,1,1,1,1,1]").unwrap();
        let layer = config.layers[1];
        assert!(!layer.use_rope && !layer.use_qk_norm && layer.attention_chunk_size.is_none());
    }

    #[test]
    fn configurations_that_lie_are_refused() {
        let lies = [
            ("num_attention_heads", "0"),
            ("num_key_value_heads", "2"),
            ("num_key_value_heads", "0"),
            ("hidden_size", "577"),
            ("hidden_size", "4294967295"),
            ("hidden_size", "-1"),
            ("vocab_size", "1e9"),
            ("head_dim", "1000000"),
            ("head_dim", "12"),
            ("num_hidden_layers", "4000000000"),
            ("num_hidden_layers", "23"),
            ("rms_norm_eps", "0"),
            ("rope_theta", "\"eight million\""),
            ("model_type", "\"qwen3\""),
            ("num_local_experts", "{}"),
            ("moe_layers", "[0,1]"),
            ("moe_layers", "null"),
            ("rope_scaling", r#"{"rope_type":"yarn","factor":2.0}"#),
            ("rope_scaling", r#"{"rope_type":"llama3"}"#),
            ("layer_types", r#"["full_attention"]"#),
            ("hidden_act", "\"gelu\""),
            ("mlp_bias", "true"),
            ("floor_scale", "0"),
            ("attention_chunk_size", "0"),
        ];
        for (key, value) in lies {
            let outcome = with(key, value);
            // With no step between them there are no experts, whatever the list says.
            if (key, value) == ("moe_layers", "null") {
                assert!(outcome.is_ok());
            } else {
                assert!(outcome.is_err() || (key, value) == ("num_local_experts", "{}"), "{key} {value}");
            }
        }
    }

    #[test]
    fn missing_keys_of_llama4_mean_what_transformers_means() {
        let mut config: Map<String, Value> = serde_json::from_str(MOBILE).unwrap();
        for key in ["moe_layers", "interleave_moe_layer_step", "num_local_experts"] {
            config.remove(key);
        }
        let outcome = parse(&serde_json::to_vec(&config).unwrap(), None);
        assert!(matches!(outcome, Err(Error::Unsupported { .. })), "the class's default is 16 experts");
    }
}
