// embed: the embedding's rows of the tokens.
//
//   x[t,:] = E[ids[t],:]   where E holds that row; other pieces of E write the other rows
//
// Shapes    ids: (T) u32    E: (rows, C), a piece from row first_row on    x: (T, C) f32
// Bindings  0 params   1 step   2 quants read   3 scales read   4 ids read   5 x read_write
// Dispatch  ceil(T * C / 32 / WORKGROUP_SIZE) workgroups in x and y: one invocation per block of 32
// Source    Llama4TextModel.embed_tokens of transformers: no scale

override WORKGROUP_SIZE: u32 = 64u;

struct Params {
    rows: u32,
    blocks: u32, // C / 32
    first_row: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> ids: array<u32>;
@group(0) @binding(5) var<storage, read_write> x: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn embed(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + invocation;
    let token = i / params.blocks;
    if token >= step.tokens {
        return;
    }
    let id = ids[token];
    // Below first_row the difference wraps and is no smaller than rows.
    let row = id - params.first_row;
    if row >= params.rows {
        return;
    }
    let w = weight_block(row, i % params.blocks, params.blocks);
    let out = i * 8u;
    x[out] = w.a;
    x[out + 1u] = w.b;
    x[out + 2u] = w.c;
    x[out + 3u] = w.d;
    x[out + 4u] = w.e;
    x[out + 5u] = w.f;
    x[out + 6u] = w.g;
    x[out + 7u] = w.h;
}
