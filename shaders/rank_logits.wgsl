// rank_logits: penalty, bias and temperature, then each tile of the logits from the largest down.
//
//   l[i] = (penalised(logits[i]) + bias[i]) / temperature
//   candidates[t,:] = l of tile t, falling, the lower id first among equals
//   candidates[t,j].sum = sum_{i <= j} exp(candidates[t,i] - candidates[t,0])    tiles[t] = candidates[t,0]
//
// At temperature 0 nothing is divided and nothing sorted: tiles alone is written.
//
// Shapes    logits: (V) f32    seen: (V) bits    biases: (biases)    candidates: (tiles, TILE)    tiles: (tiles)
// Bindings  0 sampling   1 logits read   2 seen read   3 biases read   4 candidates read_write   5 tiles read_write
// Dispatch  tiles workgroups
// Source    the definition in crates/engine/src/sampler.rs; Batcher 1968 for the sort

override WORKGROUP_SIZE: u32 = 256u; // a power of two

struct Bias {
    id: u32,
    bias: f32,
}

// Floats as their bits: a compiler may hold that no float is a NaN.
@group(0) @binding(1) var<storage, read> logits: array<u32>;
@group(0) @binding(2) var<storage, read> seen: array<u32>;
@group(0) @binding(3) var<storage, read> biases: array<Bias>;
@group(0) @binding(4) var<storage, read_write> candidates: array<Candidate>;
@group(0) @binding(5) var<storage, read_write> tiles: array<Tile>;

var<workgroup> keys: array<u32, TILE>;
var<workgroup> ids: array<u32, TILE>;
var<workgroup> sums: array<f32, WORKGROUP_SIZE>;
var<workgroup> is_broken: atomic<u32>;

// The bits of a logit after the penalty.
fn penalised(id: u32) -> u32 {
    let bits = logits[id];
    if (bits & 0x7f800000u) == 0x7f800000u {
        atomicStore(&is_broken, 1u);
    }
    if sampling.repetition_penalty == 1.0 || ((seen[id / 32u] >> (id % 32u)) & 1u) == 0u {
        return bits;
    }
    let logit = bitcast<f32>(bits);
    if logit > 0.0 {
        return bitcast<u32>(logit / sampling.repetition_penalty);
    }
    return bitcast<u32>(logit * sampling.repetition_penalty);
}

// The key of what the temperature makes of a float's bits. Zeros of both signs are equal where the largest is sought.
fn tempered(bits: u32) -> u32 {
    if sampling.temperature == 0.0 {
        return key_of(bitcast<f32>(select(bits, 0u, (bits << 1u) == 0u)));
    }
    return key_of(bitcast<f32>(bits) / sampling.temperature);
}

// The keys of a tile, past its live end 0.
fn gather(base: u32, live: u32, lane: u32) {
    for (var j = lane; j < TILE; j += WORKGROUP_SIZE) {
        ids[j] = base + j;
        keys[j] = 0u;
        if j < live {
            keys[j] = penalised(base + j);
        }
    }
    workgroupBarrier();
    for (var b = lane; b < sampling.biases; b += WORKGROUP_SIZE) {
        // Below base the difference wraps and is no smaller than live.
        let j = biases[b].id - base;
        if j < live {
            keys[j] = bitcast<u32>(bitcast<f32>(keys[j]) + biases[b].bias);
        }
    }
    workgroupBarrier();
    for (var j = lane; j < live; j += WORKGROUP_SIZE) {
        keys[j] = tempered(keys[j]);
    }
    workgroupBarrier();
}

fn comes_first(a: u32, b: u32) -> bool {
    return keys[a] > keys[b] || (keys[a] == keys[b] && ids[a] < ids[b]);
}

// The largest to place 0: an invocation's own first, then over all of them. Where no bias must find its place, a logit is
// looked at as it is loaded.
fn take_largest(base: u32, live: u32, lane: u32) {
    if sampling.biases == 0u {
        take_own(base, live, lane);
    } else {
        gather(base, live, lane);
        for (var j = lane + WORKGROUP_SIZE; j < TILE; j += WORKGROUP_SIZE) {
            take_larger(lane, j);
        }
    }
    workgroupBarrier();
    for (var stride = WORKGROUP_SIZE / 2u; stride > 0u; stride /= 2u) {
        if lane < stride {
            take_larger(lane, lane + stride);
        }
        workgroupBarrier();
    }
}

fn take_own(base: u32, live: u32, lane: u32) {
    var key = 0u;
    var id = base;
    for (var j = lane; j < live; j += WORKGROUP_SIZE) {
        let found = tempered(penalised(base + j));
        if found > key {
            key = found;
            id = base + j;
        }
    }
    keys[lane] = key;
    ids[lane] = id;
}

fn take_larger(to: u32, j: u32) {
    if comes_first(j, to) {
        keys[to] = keys[j];
        ids[to] = ids[j];
    }
}

fn sort(lane: u32) {
    for (var size = 2u; size <= TILE; size *= 2u) {
        for (var stride = size / 2u; stride > 0u; stride /= 2u) {
            for (var pair = lane; pair < TILE / 2u; pair += WORKGROUP_SIZE) {
                let low = 2u * pair - pair % stride;
                let high = low + stride;
                let is_falling = (low & size) == 0u;
                if comes_first(high, low) == is_falling {
                    let key = keys[low];
                    let id = ids[low];
                    keys[low] = keys[high];
                    ids[low] = ids[high];
                    keys[high] = key;
                    ids[high] = id;
                }
            }
            workgroupBarrier();
        }
    }
}

fn weight(j: u32, live: u32) -> f32 {
    return select(0.0, exp(value_of(keys[j]) - value_of(keys[0])), j < live);
}

// Each invocation sums a run of neighbours; what stands before its run is added last.
fn write_candidates(base: u32, live: u32, lane: u32) {
    let run = TILE / WORKGROUP_SIZE;
    var sum = 0.0;
    for (var j = lane * run; j < (lane + 1u) * run; j += 1u) {
        sum += weight(j, live);
    }
    sums[lane] = sum;
    workgroupBarrier();
    for (var stride = 1u; stride < WORKGROUP_SIZE; stride *= 2u) {
        var before = 0.0;
        if lane >= stride {
            before = sums[lane - stride];
        }
        workgroupBarrier();
        sums[lane] += before;
        workgroupBarrier();
    }
    sum = 0.0;
    if lane > 0u {
        sum = sums[lane - 1u];
    }
    for (var j = lane * run; j < (lane + 1u) * run; j += 1u) {
        sum += weight(j, live);
        candidates[base + j] = Candidate(keys[j], ids[j], sum);
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn rank_logits(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let base = workgroup.x * TILE;
    let live = min(sampling.vocab_size - base, TILE);
    if lane == 0u {
        atomicStore(&is_broken, 0u);
    }
    workgroupBarrier();
    if sampling.temperature == 0.0 {
        take_largest(base, live, lane);
    } else {
        gather(base, live, lane);
        sort(lane);
        write_candidates(base, live, lane);
    }
    if lane == 0u {
        tiles[workgroup.x] = Tile(keys[0], ids[0], atomicLoad(&is_broken));
    }
}
