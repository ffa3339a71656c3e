// kv_f16: keys and values as f16, four to two words; (position, K, D). No optional feature is needed for it.

alias Kv = vec2<u32>;

fn kv_pack(value: vec4<f32>) -> Kv {
    return vec2(pack2x16float(value.xy), pack2x16float(value.zw));
}

fn kv_unpack(value: Kv) -> vec4<f32> {
    return vec4(unpack2x16float(value.x), unpack2x16float(value.y));
}
