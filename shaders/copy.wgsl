// copy: what one buffer holds, into another; the ceiling that other kernels are held against.
//
//   y[i] = x[i]
//
// Shapes    x: (N) vec4<f32>    y: (N) vec4<f32>
// Bindings  0 x read   1 y read_write
// Dispatch  ceil(N / WORKGROUP_SIZE / EACH) workgroups in x: neighbours read what lies side by side
// Source    the copy of the STREAM benchmark

override WORKGROUP_SIZE: u32 = 256u;

// vec4s of an invocation.
const EACH: u32 = 4u;

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn copy(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let first = workgroup.x * WORKGROUP_SIZE * EACH + invocation;
    let count = arrayLength(&y);
    for (var k = 0u; k < EACH; k++) {
        let i = first + k * WORKGROUP_SIZE;
        if i < count {
            y[i] = x[i];
        }
    }
}
