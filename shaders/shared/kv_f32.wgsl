// kv_f32: keys and values as f32; (position, K, D).

alias Kv = vec4<f32>;

fn kv_pack(value: vec4<f32>) -> Kv {
    return value;
}

fn kv_unpack(value: Kv) -> vec4<f32> {
    return value;
}
