// lanes: LANES neighbouring invocations share a row and add up what each found; one alone needs no barrier.
// Appended after a kernel that declares WORKGROUP_SIZE and LANES, powers of two.

var<workgroup> partial: array<vec4<f32>, WORKGROUP_SIZE>;

fn lane_sum(value: vec4<f32>, invocation: u32) -> vec4<f32> {
    if LANES == 1u {
        return value;
    }
    workgroupBarrier();
    partial[invocation] = value;
    workgroupBarrier();
    for (var stride = LANES / 2u; stride > 0u; stride /= 2u) {
        if invocation % LANES < stride {
            partial[invocation] += partial[invocation + stride];
        }
        workgroupBarrier();
    }
    return partial[invocation - invocation % LANES];
}
