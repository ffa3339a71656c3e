//! What wgpu does not carry over from the browser's own objects.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::Adapter;

/// Whether there is a `navigator.gpu`.
pub(crate) fn has_webgpu() -> bool {
    get(&get(&js_sys::global(), "navigator"), "gpu").is_truthy()
}

/// `GPUDevice.adapterInfo`: vendor, architecture and description, as far as the browser tells them.
pub(crate) fn adapter(device: &wgpu::Device) -> Adapter {
    let info = device.as_webgpu().map(|raw| get(raw.as_ref(), "adapterInfo")).unwrap_or(JsValue::UNDEFINED);
    let text = |key: &str| get(&info, key).as_string().unwrap_or_default();
    let (vendor, architecture, description) = (text("vendor"), text("architecture"), text("description"));
    let is_software = get(&info, "isFallbackAdapter").is_truthy()
        || ["swiftshader", "llvmpipe", "lavapipe", "warp"]
            .iter()
            .any(|name| format!("{architecture} {description}").to_lowercase().contains(name));
    let words: Vec<String> =
        [vendor, architecture, description].into_iter().filter(|word| !word.is_empty()).collect();
    let name = if words.is_empty() { "WebGPU".to_owned() } else { words.join(" ") };
    Adapter { name, is_software }
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}
