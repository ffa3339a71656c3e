//! Options from JavaScript, none of them ignored in silence.

use std::fmt;

use engine::{Activations, Device, Dtype, GenerateOptions, KvDtype, LoadOptions, Prompt, Sampling};
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, Visitor};
use wasm_bindgen::JsValue;

use crate::fault::{Code, fault};

/// Weights that would take more of a tab are quantised as they come, where nothing else is asked.
const MOST_BYTES: u64 = 500_000_000;

/// `LoadOptions` in JavaScript's words.
#[derive(serde::Deserialize)]
struct Load {
    dtype: Option<String>,
    kv: Option<String>,
    context: Option<u32>,
    device: Option<String>,
    activations: Option<String>,
    default_limits: Option<bool>,
    timestamps: Option<bool>,
    keep: Option<bool>,
}

/// How to hold a model, and whether to keep it for the next visit.
pub(crate) fn load_options(value: &JsValue) -> Result<(LoadOptions, bool), JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok((LoadOptions { most_bytes: Some(MOST_BYTES), ..LoadOptions::default() }, false));
    }
    let load: Load = read(value, "load options")?;
    let dtypes: Vec<&str> = Dtype::ROUNDED_TO.iter().map(|dtype| dtype.name()).collect();
    let dtypes = format!("one of {}", dtypes.join(", "));
    let options = LoadOptions {
        dtype: named("dtype", load.dtype, Dtype::parse, &dtypes)?,
        most_bytes: Some(MOST_BYTES),
        kv: named("kv", load.kv, KvDtype::parse, "f16 or f32")?,
        context: load.context,
        device: named("device", load.device, Device::parse, "auto, webgpu or cpu")?.unwrap_or_default(),
        activations: named("activations", load.activations, Activations::parse, "int8 or f32")?
            .unwrap_or_default(),
        default_limits: load.default_limits.unwrap_or_default(),
        timestamps: load.timestamps.unwrap_or_default(),
        ..LoadOptions::default()
    };
    Ok((options, load.keep.unwrap_or_default()))
}

/// What an option's value names, where there is one.
fn named<T>(
    option: &str,
    value: Option<String>,
    parse: impl Fn(&str) -> Option<T>,
    expected: &str,
) -> Result<Option<T>, JsValue> {
    let unknown = |value: &str| fault(Code::Options, &format!("{option}: {value:?}; expected {expected}"));
    value.map(|value| parse(&value).ok_or_else(|| unknown(&value))).transpose()
}

/// What to generate from.
pub(crate) fn prompt(value: &JsValue) -> Result<Prompt, JsValue> {
    serde_wasm_bindgen::from_value(value.clone()).map_err(|err| {
        fault(Code::Options, &format!("prompt: {err}; expected {{ chat: [...] }} or {{ raw: text }}"))
    })
}

/// How to generate.
pub(crate) fn generate_options(value: &JsValue) -> Result<GenerateOptions, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(GenerateOptions::default());
    }
    let sampling = js_sys::Reflect::get(value, &JsValue::from_str("sampling")).unwrap_or_default();
    if sampling.is_object() {
        known::<Sampling>(&sampling, "sampling options")?;
    }
    read(value, "options")
}

fn read<T: DeserializeOwned>(value: &JsValue, what: &str) -> Result<T, JsValue> {
    known::<T>(value, what)?;
    serde_wasm_bindgen::from_value(value.clone())
        .map_err(|err| fault(Code::Options, &format!("{what}: {err}")))
}

/// Refuses a key that `T` has no field for: serde-wasm-bindgen asks an object for the fields it knows and sees no others.
fn known<T: DeserializeOwned>(value: &JsValue, what: &str) -> Result<(), JsValue> {
    let Some(object) = js_sys::Object::try_from(value) else {
        return Err(fault(Code::Options, &format!("{what}: expected an object")));
    };
    let known = fields::<T>();
    for key in js_sys::Object::keys(object).iter().filter_map(|key| key.as_string()) {
        if !known.contains(&key.as_str()) {
            let message = format!("{what}: {key:?} is not known; expected {}", known.join(", "));
            return Err(fault(Code::Options, &message));
        }
    }
    Ok(())
}

/// The names of a struct's fields, as serde reads them.
fn fields<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    // Reading ends with an error once the names are known; that is all it is for.
    let _ = T::deserialize(Names(&mut fields));
    fields
}

struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Enough;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Enough> {
        *self.0 = fields;
        Err(Enough)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Enough> {
        Err(Enough)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The names are known.
#[derive(Debug)]
struct Enough;

impl fmt::Display for Enough {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the names are known")
    }
}

impl std::error::Error for Enough {}

impl de::Error for Enough {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self
    }
}
