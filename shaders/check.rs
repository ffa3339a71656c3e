//! What every kernel must satisfy, checked without a GPU.

use std::process::{Command, Stdio};

use naga::{AddressSpace, ArraySize, StorageAccess, TypeInner};

use crate::matrix::MOST_ROWS;
use crate::packed::of_size;
use crate::{
    KvType, Sampling, Step, TILE, WeightType, attention, attention_merge, copy, embed, matmul_residual,
    matvec_residual, rank_logits, rms_norm_gate_up_swiglu, rms_norm_matmul, rms_norm_matvec,
    rms_norm_matvec_swiglu, rope_qk_norm_append, rope_qk_norm_attention, sample,
};

/// Stem and every composed source of each kernel.
fn kernels() -> Vec<(&'static str, Vec<String>)> {
    let weights = |source: fn(WeightType) -> String| WeightType::ALL.map(source).to_vec();
    let and_of_size = |source: fn(WeightType) -> String| {
        WeightType::ALL
            .iter()
            .flat_map(|&weight| [source(weight), of_size(source(weight), weight, 64, 8)])
            .collect()
    };
    let kv = |source: fn(KvType) -> String| vec![source(KvType::F16), source(KvType::F32)];
    vec![
        ("embed", weights(embed::source)),
        ("rms_norm_matmul", weights(rms_norm_matmul::source)),
        ("rms_norm_matvec", and_of_size(rms_norm_matvec::source)),
        ("rope_qk_norm_append", kv(rope_qk_norm_append::source)),
        ("attention", kv(attention::source)),
        ("rope_qk_norm_attention", kv(rope_qk_norm_attention::source)),
        ("attention_merge", vec![attention_merge::SOURCE.to_owned()]),
        ("matmul_residual", weights(matmul_residual::source)),
        ("matvec_residual", and_of_size(matvec_residual::source)),
        ("rms_norm_gate_up_swiglu", weights(rms_norm_gate_up_swiglu::source)),
        ("rms_norm_matvec_swiglu", and_of_size(rms_norm_matvec_swiglu::source)),
        ("rank_logits", vec![rank_logits::SOURCE.to_owned()]),
        ("sample", vec![sample::SOURCE.to_owned()]),
        ("copy", vec![copy::SOURCE.to_owned()]),
    ]
}

fn parse(source: &str) -> naga::Module {
    naga::front::wgsl::parse_str(source).unwrap_or_else(|err| panic!("{}", err.emit_to_string(source)))
}

/// Names and offsets of a shader's struct, and its size.
fn layout(source: &str, name: &str) -> (Vec<(String, usize)>, usize) {
    let module = parse(source);
    let (_, ty) =
        module.types.iter().find(|(_, ty)| ty.name.as_deref() == Some(name)).expect("no such struct");
    let TypeInner::Struct { members, span } = &ty.inner else { panic!("{name} is not a struct") };
    let member = |m: &naga::StructMember| (m.name.clone().unwrap_or_default(), m.offset as usize);
    (members.iter().map(member).collect(), *span as usize)
}

/// The host struct has the shader struct's fields, in order, at the same offsets, and its size.
macro_rules! same_layout {
    ($source:expr, $name:literal, $host:ty, $($field:ident),+) => {
        let fields = vec![$((stringify!($field).to_owned(), std::mem::offset_of!($host, $field))),+];
        assert_eq!(layout($source, $name), (fields, size_of::<$host>()), "shader left, host right");
    };
}

#[test]
fn host_structs_lie_as_the_shaders_read_them() {
    let q4 = WeightType::Q4;
    same_layout!(&embed::source(q4), "Step", Step, position, tokens, first_token, draw, slot);
    same_layout!(&embed::source(q4), "Params", embed::Params, rows, blocks, first_row);
    same_layout!(
        &rms_norm_matmul::source(q4),
        "Params",
        rms_norm_matmul::Params,
        rows,
        blocks,
        first_row,
        stride,
        eps,
        has_bias
    );
    same_layout!(
        &matmul_residual::source(q4),
        "Params",
        matmul_residual::Params,
        rows,
        blocks,
        first_row,
        stride,
        has_bias
    );
    same_layout!(
        &rms_norm_gate_up_swiglu::source(q4),
        "Params",
        rms_norm_gate_up_swiglu::Params,
        rows,
        blocks,
        first_row,
        stride,
        eps
    );
}

#[test]
fn host_structs_of_attention_lie_as_the_shaders_read_them() {
    let f16 = KvType::F16;
    same_layout!(
        &rope_qk_norm_append::source(f16),
        "Params",
        rope_qk_norm_append::Params,
        heads,
        kv_heads,
        quads,
        use_rope,
        use_qk_norm,
        eps,
        floor_scale,
        attn_scale
    );
    same_layout!(
        &attention::source(f16),
        "Params",
        attention::Params,
        heads,
        kv_heads,
        quads,
        chunk,
        scale,
        is_bounded
    );
    same_layout!(
        &rope_qk_norm_attention::source(f16),
        "Params",
        rope_qk_norm_attention::Params,
        heads,
        kv_heads,
        quads,
        chunk,
        scale,
        is_bounded,
        use_rope,
        use_qk_norm,
        eps,
        floor_scale,
        attn_scale
    );
    same_layout!(attention_merge::SOURCE, "Params", attention_merge::Params, heads, quads);
}

#[test]
fn host_structs_of_sampling_lie_as_the_shaders_read_them() {
    same_layout!(rank_logits::SOURCE, "Bias", rank_logits::Bias, id, bias);
    same_layout!(
        sample::SOURCE,
        "Sampling",
        Sampling,
        vocab_size,
        tiles,
        biases,
        temperature,
        repetition_penalty,
        top_k,
        top_p,
        ln_min_p,
        seed_low,
        seed_high
    );
}

#[test]
fn tiles_lie_as_the_host_makes_room_for_them() {
    let size_bytes = |name: &str| layout(sample::SOURCE, name).1 as u64;
    assert_eq!(size_bytes("Candidate") * u64::from(TILE), rank_logits::candidates_bytes(1));
    assert_eq!(size_bytes("Tile"), rank_logits::tiles_bytes(1));
    assert_eq!(size_bytes("Span"), sample::spans_bytes(1));
    assert!(sample::SOURCE.contains(&format!("const TILE = {TILE}u;")));
}

#[test]
fn a_lane_by_itself_is_given_no_more_rows_than_it_has_room_for() {
    let most = format!("const MOST_ROWS = {MOST_ROWS}u;");
    assert!(rms_norm_matvec::source(WeightType::Q4).contains(&most));
}

#[test]
fn arrays_of_a_matrix_of_one_size_are_as_long_as_its_buffers() {
    let (rows, blocks) = (6, 16);
    for weight in WeightType::ALL {
        let module = parse(&of_size(matvec_residual::source(weight), weight, rows, blocks));
        let size_bytes = |name: &str| {
            let (_, var) =
                module.global_variables.iter().find(|(_, var)| var.name.as_deref() == Some(name))?;
            match module.types[var.ty].inner {
                TypeInner::Array { size: ArraySize::Constant(length), stride, .. } => {
                    Some((length.get() * stride) as usize)
                }
                _ => panic!("{weight:?}: {name} has no length"),
            }
        };
        assert_eq!(size_bytes("quants"), Some(rows * blocks * weight.block_bytes()), "{weight:?}");
        assert_eq!(size_bytes("scales").unwrap_or(0), rows * weight.scales_bytes(blocks), "{weight:?}");
    }
}

/// `0 params   1 step   2 x read   3 y read_write`, as the shader declares it.
fn bindings(source: &str) -> String {
    let module = parse(source);
    let mut lines: Vec<(u32, String)> = module
        .global_variables
        .iter()
        .filter_map(|(_, var)| {
            let index = var.binding.as_ref()?.binding;
            let name = var.name.as_deref().unwrap_or("");
            let access = match var.space {
                AddressSpace::Uniform => "",
                AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => " read_write",
                _ => " read",
            };
            Some((index, format!("{index} {name}{access}")))
        })
        .collect();
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("   ")
}

#[test]
fn every_kernel_is_valid_and_its_header_tells_the_truth() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (stem, sources) in kernels() {
        let text = std::fs::read_to_string(folder.join(format!("{stem}.wgsl"))).unwrap();
        assert!(
            text.starts_with(&format!("// {stem}: ")),
            "{stem}.wgsl opens with its name and one sentence"
        );
        for word in ["Shapes", "Bindings", "Dispatch", "Source"] {
            assert!(text.contains(&format!("// {word} ")), "{stem}.wgsl: header lacks {word}");
        }
        for source in &sources {
            assert!(source.starts_with(&text), "{stem}: its own text comes first");
            let module = parse(source);
            let mut validator = naga::valid::Validator::new(
                naga::valid::ValidationFlags::all(),
                // unpack2x16float, which every WebGPU has.
                naga::valid::Capabilities::SHADER_FLOAT16_IN_FLOAT32,
            );
            validator
                .validate(&module)
                .unwrap_or_else(|err| panic!("{stem}: {}", err.emit_to_string(source)));
            assert_eq!(module.entry_points.len(), 1, "{stem}.wgsl: one kernel per file");
            assert_eq!(module.entry_points[0].name, stem, "{stem}.wgsl: the entry point has the file's name");
        }
        // The last source declares every binding; unquantised matrices have no scales.
        let declared = bindings(sources.last().unwrap());
        assert!(
            text.contains(&format!("// Bindings  {declared}\n")),
            "{stem}.wgsl: header says otherwise than {declared:?}"
        );
    }
}

#[test]
fn no_kernel_stands_outside_the_checks() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stems: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wgsl"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let mut checked: Vec<&str> = kernels().into_iter().map(|(stem, _)| stem).collect();
    stems.sort();
    checked.sort_unstable();
    assert_eq!(stems, checked);
}

/// Chromium's own compiler, where it is at hand; the browser tests compile every kernel with it in any case.
#[test]
fn tint_accepts_every_kernel() {
    if Command::new("tint").arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        eprintln!("NOT CHECKED: there is no tint on the path; the browser tests compile the same sources");
        return;
    }
    let file = std::env::temp_dir().join(format!("reckon-{}.wgsl", std::process::id()));
    for (stem, sources) in kernels() {
        for source in sources {
            std::fs::write(&file, source).unwrap();
            let output = Command::new("tint")
                .args(["--format", "wgsl", "-o", "/dev/null"])
                .arg(&file)
                .output()
                .unwrap();
            assert!(output.status.success(), "{stem}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    std::fs::remove_file(&file).unwrap();
}
