//! The kernels on whatever adapter there is, at sizes 1, odd, real, and not a multiple of a workgroup.

use gpu::{Device, Options};
use pollster::block_on;

use crate::known_answer::{Bench, whole};
use crate::{Kernels, KvType, WeightType};

/// Runs `body` with the kernels for a software adapter and with those for hardware, on the adapter there is.
fn on_both_kinds(weights: &[WeightType], kv: KvType, body: impl AsyncFn(&Bench<'_>)) {
    let device = match block_on(Device::open(&Options { default_limits: true, timestamps: false })) {
        Ok(device) => device,
        Err(err) => {
            assert!(std::env::var("CI").is_err(), "could not run: {err}");
            eprintln!("NOT RUN: {err}");
            return;
        }
    };
    for is_software in [true, false] {
        let kernels = Kernels::for_kind(&device, weights[0], weights, kv, is_software);
        let kernels = block_on(kernels).unwrap_or_else(|err| panic!("{err}"));
        block_on(body(&Bench { device: &device, kernels: &kernels }));
    }
}

#[test]
fn known_answers_are_given() {
    for kv in [KvType::F16, KvType::F32] {
        on_both_kinds(&WeightType::ALL, kv, async |bench| {
            bench.kernels.check(bench.device).await.unwrap_or_else(|err| panic!("{err}"));
        });
    }
}

#[test]
fn embeddings_of_every_type_are_read() {
    for weight in WeightType::ALL {
        on_both_kinds(&[weight], KvType::F16, async |bench| bench.embed(weight).await.unwrap());
    }
}

#[test]
fn matrices_of_every_type_and_shape_are_multiplied() {
    on_both_kinds(&WeightType::ALL, KvType::F16, async |bench| {
        for weight in WeightType::ALL {
            for (tokens, rows, columns) in
                [(1, 1, 32), (4, 3, 64), (1, 130, 544), (9, 961, 576), (2, 257, 1536)]
            {
                let columns = whole(weight, columns);
                bench.rms_norm_matmul(weight, tokens, rows, columns).await.unwrap();
                bench.matmul_residual(weight, tokens, rows, columns).await.unwrap();
            }
            for (tokens, rows, columns) in [(1, 32, 32), (7, 160, 96), (1, 1536, 576)] {
                bench.rms_norm_gate_up_swiglu(weight, tokens, rows, whole(weight, columns)).await.unwrap();
            }
        }
    });
}

#[test]
fn attention_is_right_for_every_shape() {
    for kv in [KvType::F16, KvType::F32] {
        on_both_kinds(&[WeightType::F32], kv, async |bench| {
            for shape in
                [[9, 3, 64], [24, 6, 64], [6, 6, 16], [20, 1, 8], [4, 2, 128], [2, 1, 256], [3, 1, 96]]
            {
                for capacity in [1, 3, 64, 65, 200] {
                    for (is_bounded, chunk) in [(0, 0), (1, 0), (0, 5)] {
                        bench.attention(kv, shape, capacity, is_bounded, chunk).await.unwrap();
                    }
                }
            }
        });
    }
}
