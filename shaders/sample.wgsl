// sample: the next token, from tiles that are each in order.
//
//   id = the first of all candidates, or, where there is a temperature, the one at which the running sum of weights
//        exp(l - max l) of what top_k, top_p and min_p keep passes u times their whole, u from seed and draw
//   ring[slot] = id, or 2^32 - 1 where a logit is not finite    ids[0] = id    seen[id] = 1
//
// Nothing is merged: a key is built bit by bit, the largest at which count or weight from the top passes a mark, and
// every tile tells by bisection how far it reaches.
//
// Shapes    candidates: (tiles, TILE)    tiles, spans: (tiles)    seen: (V) bits    ids: (T) u32    ring: (slots) u32
// Bindings  0 sampling   1 step   2 candidates read   3 tiles read   4 spans read_write   5 seen read_write   6 ids read_write   7 ring read_write
// Dispatch  one workgroup
// Source    the definition in crates/engine/src/sampler.rs; u is of shared/philox.wgsl

override WORKGROUP_SIZE: u32 = 256u; // a power of two

// Places of a tile: keys below `low` are too large, from `high` on too small; `found` is the last answer.
struct Span {
    low: u32,
    high: u32,
    found: u32,
}

// The last key that is kept. Counts and weights are pairs throughout.
struct Edge {
    key: u32,
    above: vec2<f32>, // of larger keys
    through: vec2<f32>, // of this key too
}

@group(0) @binding(2) var<storage, read> candidates: array<Candidate>;
@group(0) @binding(3) var<storage, read> tiles: array<Tile>;
@group(0) @binding(4) var<storage, read_write> spans: array<Span>;
@group(0) @binding(5) var<storage, read_write> seen: array<u32>;
@group(0) @binding(6) var<storage, read_write> ids: array<u32>;
@group(0) @binding(7) var<storage, read_write> ring: array<u32>;

var<workgroup> firsts: array<vec3<u32>, WORKGROUP_SIZE>;
var<workgroup> partial: array<vec2<f32>, WORKGROUP_SIZE>;

// Key and id of the first candidate of all, and whether anything is broken.
fn first(lane: u32) -> vec3<u32> {
    var best = vec3(0u, 0xffffffffu, 0u);
    for (var t = lane; t < sampling.tiles; t += WORKGROUP_SIZE) {
        best = earlier(best, vec3(tiles[t].key, tiles[t].id, tiles[t].is_broken));
    }
    firsts[lane] = best;
    workgroupBarrier();
    for (var stride = WORKGROUP_SIZE / 2u; stride > 0u; stride /= 2u) {
        if lane < stride {
            firsts[lane] = earlier(firsts[lane], firsts[lane + stride]);
        }
        workgroupBarrier();
    }
    return firsts[0];
}

fn earlier(a: vec3<u32>, b: vec3<u32>) -> vec3<u32> {
    let is_b = b.x > a.x || (b.x == a.x && b.y < a.y);
    return vec3(select(a.xy, b.xy, is_b), a.z | b.z);
}

fn open_spans(lane: u32) {
    for (var t = lane; t < sampling.tiles; t += WORKGROUP_SIZE) {
        spans[t] = Span(0u, min(sampling.vocab_size - t * TILE, TILE), 0u);
    }
}

// Count and weight of all candidates whose key is no smaller.
fn reach(key: u32, largest: f32, lane: u32) -> vec2<f32> {
    var sum = vec2<f32>();
    for (var t = lane; t < sampling.tiles; t += WORKGROUP_SIZE) {
        var low = spans[t].low;
        var high = spans[t].high;
        while low < high {
            let middle = (low + high) / 2u;
            if candidates[t * TILE + middle].key >= key {
                low = middle + 1u;
            } else {
                high = middle;
            }
        }
        spans[t].found = low;
        if low > 0u {
            let weight = exp(value_of(tiles[t].key) - largest);
            sum += vec2(f32(low), candidates[t * TILE + low - 1u].sum * weight);
        }
    }
    partial[lane] = sum;
    workgroupBarrier();
    for (var stride = WORKGROUP_SIZE / 2u; stride > 0u; stride /= 2u) {
        if lane < stride {
            partial[lane] += partial[lane + stride];
        }
        workgroupBarrier();
    }
    let whole = partial[0];
    workgroupBarrier();
    return whole;
}

// The largest key down to which the count, or with axis (0, 1) the weight, is more than `mark`.
fn edge(axis: vec2<f32>, mark: f32, largest: f32, lane: u32) -> Edge {
    open_spans(lane);
    var found = Edge();
    for (var bit = 0x80000000u; bit > 0u; bit /= 2u) {
        let there = reach(found.key | bit, largest, lane);
        let is_past = dot(there, axis) > mark;
        if is_past {
            found.key |= bit;
            found.through = there;
        } else {
            found.above = there;
        }
        for (var t = lane; t < sampling.tiles; t += WORKGROUP_SIZE) {
            if is_past {
                spans[t].high = spans[t].found;
            } else {
                spans[t].low = spans[t].found;
            }
        }
    }
    return found;
}

// Keeps `equals` of those that have the edge's own key.
fn keep(cut: Edge, equals: f32, largest: f32) -> Edge {
    let count = clamp(equals, 1.0, cut.through.x - cut.above.x);
    let kept = cut.above + vec2(count, count * exp(value_of(cut.key) - largest));
    return Edge(cut.key, cut.above, min(kept, cut.through));
}

// The next smaller number of one above 0.
fn below(value: f32) -> f32 {
    return bitcast<f32>(max(bitcast<u32>(value), 1u) - 1u);
}

// The last of what top_k, top_p and min_p keep.
fn cut_off(largest: f32, lane: u32) -> Edge {
    open_spans(lane);
    var cut = Edge(0u, vec2<f32>(), reach(0u, largest, lane));
    if sampling.top_k > 0u {
        let k = f32(sampling.top_k);
        let found = edge(vec2(1.0, 0.0), k - 0.5, largest, lane);
        cut = keep(found, k - found.above.x, largest);
    }
    if sampling.top_p < 1.0 {
        let mark = sampling.top_p * cut.through.y;
        let found = edge(vec2(0.0, 1.0), below(mark), largest, lane);
        let weight = exp(value_of(found.key) - largest);
        let kept = keep(found, ceil((mark - found.above.y) / weight), largest);
        if kept.through.x < cut.through.x {
            cut = kept;
        }
    }
    if sampling.ln_min_p <= 0.0 {
        let key = key_of(largest + sampling.ln_min_p);
        open_spans(lane);
        let kept = Edge(key, vec2<f32>(), reach(key, largest, lane));
        if kept.through.x < cut.through.x {
            cut = kept;
        }
    }
    return cut;
}

fn draw(best: u32, largest: f32, lane: u32) -> u32 {
    let whole = cut_off(largest, lane).through;
    let mark = min(philox(step.draw, sampling.seed_high, sampling.seed_low) * whole.y, below(whole.y));
    let found = edge(vec2(0.0, 1.0), mark, largest, lane);
    let weight = exp(value_of(found.key) - largest);
    let last = min(found.through.x, whole.x) - found.above.x - 1.0;
    var place = u32(max(min(floor((mark - found.above.y) / weight), last), 0.0));
    storageBarrier();
    workgroupBarrier();
    // Equals of the key found stand in the order of the tiles.
    for (var t = 0u; t < sampling.tiles; t += 1u) {
        let equals = spans[t].high - spans[t].low;
        if place < equals {
            return candidates[t * TILE + spans[t].low + place].id;
        }
        place -= equals;
    }
    return best;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn sample(@builtin(local_invocation_index) lane: u32) {
    let best = first(lane);
    var id = best.y;
    if sampling.temperature != 0.0 {
        id = draw(best.y, value_of(best.x), lane);
    }
    if lane == 0u {
        ring[step.slot] = select(id, 0xffffffffu, best.z != 0u);
        ids[0] = id;
        seen[id / 32u] |= 1u << (id % 32u);
    }
}
