// step: what changes from one call to the next.

struct Step {
    position: u32, // of the first token of this call in the KV cache
    tokens: u32, // T, tokens a kernel works on
    first_token: u32, // the first of them among the tokens of this call
    draw: u32, // counts the tokens drawn with a seed
    slot: u32, // of the ring, where the token lands that is drawn
}

@group(0) @binding(1) var<uniform> step: Step;
