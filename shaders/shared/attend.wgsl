// attend: four query heads of a group look over keys of the cache and mix their values, a tile of keys at a time.
// Appended after a kernel that declares WORKGROUP_SIZE, a power of two and at least D / 4, whose Params say kv_heads,
// quads, scale and is_bounded, that binds keys, values and o, and fills queries.

var<workgroup> queries: array<vec4<f32>, 256>; // four heads of at most 256
var<workgroup> weights: array<vec4<f32>, WORKGROUP_SIZE>;
var<workgroup> partial: array<vec4<f32>, WORKGROUP_SIZE>;

// What the four heads have found: an invocation knows the total of its own keys, and of its own dimensions the mix of
// every parts-th key.
struct Mix {
    o0: vec4<f32>,
    o1: vec4<f32>,
    o2: vec4<f32>,
    o3: vec4<f32>,
    total: vec4<f32>,
    largest: vec4<f32>, // score so far; where scores are bounded it stays 0
}

// For the values an invocation owns four neighbouring dimensions and every parts-th key of a tile.
fn parts() -> u32 {
    return WORKGROUP_SIZE / params.quads;
}

// Products of the four queries' dimensions 4c to 4c + 3 with a key's.
fn products(c: u32, k: vec4<f32>) -> vec4<f32> {
    return vec4(
        dot(queries[c], k),
        dot(queries[params.quads + c], k),
        dot(queries[2u * params.quads + c], k),
        dot(queries[3u * params.quads + c], k),
    );
}

// Scores of the key at `position` for the four heads.
fn scores(position: u32, kv_head: u32) -> vec4<f32> {
    var s = vec4<f32>();
    let base = (position * params.kv_heads + kv_head) * params.quads;
    for (var c = 0u; c < params.quads; c += 1u) {
        s += products(c, kv_unpack(keys[base + c]));
    }
    return s * params.scale;
}

// Nothing found yet.
fn no_mix() -> Mix {
    return Mix(
        vec4<f32>(),
        vec4<f32>(),
        vec4<f32>(),
        vec4<f32>(),
        vec4<f32>(),
        select(vec4(-3.0e38), vec4<f32>(), params.is_bounded != 0u),
    );
}

// What was found so far, where scores of up to `score` follow.
fn rescaled(mix: Mix, score: vec4<f32>) -> Mix {
    let largest = max(mix.largest, score);
    let keep = exp(mix.largest - largest);
    return Mix(
        mix.o0 * keep.x,
        mix.o1 * keep.y,
        mix.o2 * keep.z,
        mix.o3 * keep.w,
        mix.total * keep,
        largest,
    );
}

// And one value more, of these weights.
fn mixed(mix: Mix, w: vec4<f32>, v: vec4<f32>) -> Mix {
    return Mix(mix.o0 + w.x * v, mix.o1 + w.y * v, mix.o2 + w.z * v, mix.o3 + w.w * v, mix.total, mix.largest);
}

// Over the keys from `first` to before `end`.
fn attend(first: u32, end: u32, kv_head: u32, lane: u32) -> Mix {
    let c = lane % params.quads;
    let part = lane / params.quads;
    var mix = no_mix();
    for (var tile = first; tile < end; tile += WORKGROUP_SIZE) {
        let key = tile + lane;
        var s = vec4(-3.0e38);
        if key < end {
            s = scores(key, kv_head);
        }
        if params.is_bounded == 0u {
            mix = rescaled(mix, workgroup_max(s, lane));
        }
        let weight = select(vec4<f32>(), exp(s - mix.largest), key < end);
        mix.total += weight;
        weights[lane] = weight;
        workgroupBarrier();
        let count = min(end - tile, WORKGROUP_SIZE);
        if part < parts() {
            for (var j = part; j < count; j += parts()) {
                let v = kv_unpack(values[((tile + j) * params.kv_heads + kv_head) * params.quads + c]);
                mix = mixed(mix, weights[j], v);
            }
        }
        workgroupBarrier();
    }
    return mix;
}

// Totals of the whole workgroup, and mixes of all its parts; only part 0 gets these.
fn whole(mix: Mix, lane: u32) -> Mix {
    return Mix(
        parts_total(mix.o0, lane),
        parts_total(mix.o1, lane),
        parts_total(mix.o2, lane),
        parts_total(mix.o3, lane),
        workgroup_total(mix.total, lane),
        mix.largest,
    );
}

// The mix of up to four heads, of the four dimensions from `to` on.
fn write(mix: Mix, to: u32, live_heads: u32) {
    o[to] = mix.o0 / mix.total.x;
    if live_heads > 1u {
        o[to + params.quads] = mix.o1 / mix.total.y;
    }
    if live_heads > 2u {
        o[to + 2u * params.quads] = mix.o2 / mix.total.z;
    }
    if live_heads > 3u {
        o[to + 3u * params.quads] = mix.o3 / mix.total.w;
    }
}

fn workgroup_max(value: vec4<f32>, lane: u32) -> vec4<f32> {
    partial[lane] = value;
    workgroupBarrier();
    for (var stride = WORKGROUP_SIZE / 2u; stride > 0u; stride /= 2u) {
        if lane < stride {
            partial[lane] = max(partial[lane], partial[lane + stride]);
        }
        workgroupBarrier();
    }
    let largest = partial[0];
    workgroupBarrier();
    return largest;
}

fn workgroup_total(value: vec4<f32>, lane: u32) -> vec4<f32> {
    partial[lane] = value;
    workgroupBarrier();
    for (var stride = WORKGROUP_SIZE / 2u; stride > 0u; stride /= 2u) {
        if lane < stride {
            partial[lane] += partial[lane + stride];
        }
        workgroupBarrier();
    }
    let sum = partial[0];
    workgroupBarrier();
    return sum;
}

fn parts_total(value: vec4<f32>, lane: u32) -> vec4<f32> {
    partial[lane] = value;
    workgroupBarrier();
    var sum = value;
    if lane < params.quads {
        for (var p = 1u; p < parts(); p += 1u) {
            sum += partial[lane + p * params.quads];
        }
    }
    workgroupBarrier();
    return sum;
}
