// attend: four query heads of a group look over keys of the cache and mix their values, a tile of keys at a time.
// Appended after a kernel that declares MOST_QUADS, at least D / 4, WORKGROUP_SIZE, a power of two and no less, and TILE, once
// or four times that; whose Params say kv_heads, quads, scale and is_bounded; that binds keys, values, o and fills queries.

var<workgroup> queries: array<vec4<f32>, 4u * MOST_QUADS>; // four heads
var<workgroup> weights: array<vec4<f32>, TILE>;
var<workgroup> partial: array<vec4<f32>, WORKGROUP_SIZE>;

// What the four heads have found. An invocation owns four neighbouring dimensions and every parts-th key of a tile.
struct Mix {
    o0: vec4<f32>,
    o1: vec4<f32>,
    o2: vec4<f32>,
    o3: vec4<f32>,
    total: vec4<f32>,
    largest: vec4<f32>, // score so far; where scores are bounded it stays 0
}

// Scores of four keys.
struct Scores {
    a: vec4<f32>,
    b: vec4<f32>,
    c: vec4<f32>,
    d: vec4<f32>,
}

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

fn scores(position: u32, kv_head: u32) -> vec4<f32> {
    let base = (position * params.kv_heads + kv_head) * params.quads;
    var s = vec4<f32>();
    for (var c = 0u; c < params.quads; c += 1u) {
        s += products(c, kv_unpack(keys[base + c]));
    }
    return s * params.scale;
}

// Four keys at once read each query once: what a program on the CPU spends its time on.
fn four_scores(positions: vec4<u32>, kv_head: u32) -> Scores {
    let base = (positions * params.kv_heads + kv_head) * params.quads;
    var s = Scores();
    for (var c = 0u; c < params.quads; c += 1u) {
        let q0 = queries[c];
        let q1 = queries[params.quads + c];
        let q2 = queries[2u * params.quads + c];
        let q3 = queries[3u * params.quads + c];
        var k = kv_unpack(keys[base.x + c]);
        s.a += vec4(dot(q0, k), dot(q1, k), dot(q2, k), dot(q3, k));
        k = kv_unpack(keys[base.y + c]);
        s.b += vec4(dot(q0, k), dot(q1, k), dot(q2, k), dot(q3, k));
        k = kv_unpack(keys[base.z + c]);
        s.c += vec4(dot(q0, k), dot(q1, k), dot(q2, k), dot(q3, k));
        k = kv_unpack(keys[base.w + c]);
        s.d += vec4(dot(q0, k), dot(q1, k), dot(q2, k), dot(q3, k));
    }
    return s;
}

// Puts the scores of an invocation's own keys among the `count` of a tile into weights; gives the largest of them.
fn score_tile(tile: u32, count: u32, kv_head: u32, lane: u32) -> vec4<f32> {
    if lane >= count {
        return vec4(-3.0e38);
    }
    if TILE == WORKGROUP_SIZE {
        let s = scores(tile + lane, kv_head);
        weights[lane] = s;
        return s;
    }
    // Past the end the last key again, whose weight nobody reads there.
    let places = lane + vec4(0u, 1u, 2u, 3u) * WORKGROUP_SIZE;
    let s = four_scores(tile + min(places, vec4(count - 1u)), kv_head);
    weights[places.x] = s.a * params.scale;
    weights[places.y] = s.b * params.scale;
    weights[places.z] = s.c * params.scale;
    weights[places.w] = s.d * params.scale;
    return max(max(s.a, s.b), max(s.c, s.d)) * params.scale;
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
    return Mix(
        mix.o0 + w.x * v,
        mix.o1 + w.y * v,
        mix.o2 + w.z * v,
        mix.o3 + w.w * v,
        mix.total + w,
        mix.largest,
    );
}

// Over the keys from `first` to before `end`.
fn attend(first: u32, end: u32, kv_head: u32, lane: u32) -> Mix {
    let part = lane / params.quads;
    let c = lane % params.quads;
    var mix = Mix();
    if params.is_bounded == 0u {
        mix.largest = vec4(-3.0e38);
    }
    for (var tile = first; tile < end; tile += TILE) {
        let count = min(end - tile, TILE);
        let largest = score_tile(tile, count, kv_head, lane);
        if params.is_bounded == 0u {
            mix = rescaled(mix, workgroup_max(largest, lane));
        }
        for (var j = lane; j < count; j += WORKGROUP_SIZE) {
            weights[j] = exp(weights[j] - mix.largest);
        }
        workgroupBarrier();
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

// The mix of all parts; only part 0 gets it.
fn whole(mix: Mix, lane: u32) -> Mix {
    if parts() == 1u {
        return mix;
    }
    return Mix(
        parts_total(mix.o0, lane),
        parts_total(mix.o1, lane),
        parts_total(mix.o2, lane),
        parts_total(mix.o3, lane),
        parts_total(mix.total, lane),
        mix.largest,
    );
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
