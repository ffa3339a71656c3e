//! Which candidate multiplies a matrix with one token fastest, measured where it runs.
//!
//! Candidates differ in speed alone, so that a choice of today and one of tomorrow give the same tokens.

use gpu::{BindGroup, Device, Error, Pipeline, Readback, Usage};

use crate::known_answer::{Bench, whole};
use crate::matrix::{Matvec, record_one};
use crate::{Kernels, MatrixKernel, Shape};

/// A sample repeats its work until it takes about so long, so that beginning and ending it do not count.
const SAMPLE_MS: f64 = 3.0;
/// Most repetitions of a sample.
const REPETITIONS: f64 = 64.0;
/// Samples of each candidate; the fastest counts.
const SAMPLES: u32 = 3;
/// A candidate takes the place of the safest where it takes so much of its time, or less.
const FASTER: f64 = 0.97;

/// The kernels that multiply matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// [`crate::rms_norm_matmul`].
    Normed,
    /// [`crate::matmul_residual`].
    Residual,
    /// [`crate::rms_norm_gate_up_swiglu`].
    Gated,
}

/// What tells time while candidates run.
pub struct Stopwatch<'a> {
    /// Milliseconds from some beginning on.
    pub now_ms: &'a dyn Fn() -> f64,
    /// When choosing ends, whatever was found.
    pub until_ms: f64,
}

impl Kernels {
    /// Chooses what multiplies matrices of `shape`, of which `groups` are those of a token, with one token. Where time is up,
    /// or what was chosen computes wrongly, the safest candidate serves, or what served before.
    ///
    /// # Errors
    /// The GPU failed.
    pub async fn tune(
        &mut self,
        device: &Device,
        product: Product,
        shape: Shape,
        groups: &[&BindGroup],
        stopwatch: &Stopwatch<'_>,
    ) -> Result<(), Error> {
        let kernel = self.of(product);
        if kernel.chosen.iter().any(|(of, ..)| *of == shape) {
            return Ok(());
        }
        let Some((matvec, pipeline)) = fastest(kernel, device, shape, groups, stopwatch).await? else {
            return Ok(());
        };
        if self.is_right(device, product, shape, matvec, &pipeline).await? {
            self.of_mut(product).chosen.push((shape, matvec, pipeline));
        }
        Ok(())
    }

    /// Compiles what multiplies matrices that are stored in `shape` with one token for these alone, where a program stands
    /// in for a GPU: an array whose length its shader does not say is asked for it at every load, and that is slow there.
    ///
    /// # Errors
    /// A shader is refused.
    pub async fn fit(&mut self, device: &Device, product: Product, stored: Shape) -> Result<(), Error> {
        let rows = if product == Product::Gated { stored.rows / 2 } else { stored.rows };
        self.of_mut(product).fit(device, Shape { rows, ..stored }, stored.rows).await
    }

    /// The kernel of a product.
    pub fn of(&self, product: Product) -> &MatrixKernel {
        match product {
            Product::Normed => &self.rms_norm_matmul,
            Product::Residual => &self.matmul_residual,
            Product::Gated => &self.rms_norm_gate_up_swiglu,
        }
    }

    fn of_mut(&mut self, product: Product) -> &mut MatrixKernel {
        match product {
            Product::Normed => &mut self.rms_norm_matmul,
            Product::Residual => &mut self.matmul_residual,
            Product::Gated => &mut self.rms_norm_gate_up_swiglu,
        }
    }

    /// Whether a candidate gives a known answer.
    pub(crate) async fn is_right(
        &self,
        device: &Device,
        product: Product,
        Shape { weight, .. }: Shape,
        matvec: Matvec,
        pipeline: &Pipeline,
    ) -> Result<bool, Error> {
        let mut kernels = self.clone();
        let kernel = kernels.of_mut(product);
        kernel.chosen.clear();
        kernel.one = vec![(weight, matvec, pipeline.clone())];
        let bench = Bench { device, kernels: &kernels };
        let answer = match product {
            Product::Normed => bench.rms_norm_matmul(weight, 1, 37, whole(weight, 96)).await,
            Product::Residual => bench.matmul_residual(weight, 1, 37, whole(weight, 96)).await,
            Product::Gated => bench.rms_norm_gate_up_swiglu(weight, 1, 96, whole(weight, 96)).await,
        };
        match answer {
            Err(Error::WrongAnswer { .. }) => Ok(false),
            answer => answer.map(|()| true),
        }
    }
}

/// The candidate that takes the least time, or the safest where they take the same; `None` where there are none.
async fn fastest(
    kernel: &MatrixKernel,
    device: &Device,
    shape: Shape,
    groups: &[&BindGroup],
    stopwatch: &Stopwatch<'_>,
) -> Result<Option<(Matvec, Pipeline)>, Error> {
    let end = device.buffer("a candidate's end", 16, Usage::Storage).await?;
    let readback = Readback::new(device, "a candidate's end", 16).await?;
    let time = async |matvec: Matvec, pipeline: &Pipeline, repetitions: u32| -> Result<f64, Error> {
        let mut frame = device.frame();
        for _ in 0..repetitions {
            groups.iter().for_each(|group| record_one(&mut frame, matvec, pipeline, group, shape.rows));
        }
        frame.read_back(&end, &readback, 16);
        let started_ms = (stopwatch.now_ms)();
        frame.submit(device);
        readback.read(device, 16, |_| ()).await?;
        Ok((stopwatch.now_ms)() - started_ms)
    };
    let mut tried: Vec<(Matvec, Pipeline, f64)> = Vec::new();
    for matvec in kernel.candidates(shape) {
        // The first is what is right whatever the time.
        if !tried.is_empty() && (stopwatch.now_ms)() >= stopwatch.until_ms {
            break;
        }
        let pipeline = kernel.compile(device, shape.weight, matvec).await?;
        tried.push((matvec, pipeline, f64::INFINITY));
    }
    let [(matvec, pipeline, _), _, ..] = &tried[..] else {
        return Ok(tried.pop().map(|(matvec, pipeline, _)| (matvec, pipeline)));
    };
    // A driver may compile at the first use only.
    time(*matvec, pipeline, 1).await?;
    let repetitions = (SAMPLE_MS / time(*matvec, pipeline, 1).await?).clamp(1.0, REPETITIONS) as u32;
    for (matvec, pipeline, _) in &tried[1..] {
        time(*matvec, pipeline, 1).await?;
    }
    for _ in 0..SAMPLES {
        if (stopwatch.now_ms)() >= stopwatch.until_ms {
            break;
        }
        for (matvec, pipeline, least_ms) in &mut tried {
            *least_ms = least_ms.min(time(*matvec, pipeline, repetitions).await?);
        }
    }
    let safest_ms = tried[0].2;
    let least = (1..tried.len()).min_by(|a, b| tried[*a].2.total_cmp(&tried[*b].2));
    let index =
        least.filter(|index| tried[*index].2 <= FASTER * safest_ms && safest_ms.is_finite()).unwrap_or(0);
    let (matvec, pipeline, _) = tried.swap_remove(index);
    Ok(Some((matvec, pipeline)))
}

#[cfg(test)]
mod tests {
    use bytemuck::{bytes_of, cast_slice};
    use gpu::{Buffer, Usage};
    use pollster::block_on;

    use super::*;
    use crate::noise::Noise;
    use crate::trial::on_both_kinds;
    use crate::{KvType, Step, WeightType, matmul_residual};

    const WEIGHT: WeightType = WeightType::Q4;
    const PRODUCTS: [Product; 3] = [Product::Normed, Product::Residual, Product::Gated];
    /// What wide GPUs starve on: few rows, long and short.
    const FEW_ROWS: [Shape; 2] =
        [Shape { weight: WEIGHT, rows: 100, blocks: 192 }, Shape { weight: WEIGHT, rows: 100, blocks: 48 }];

    /// A product to be chosen for: its group, and x, which it is added to.
    fn residual(bench: &Bench<'_>, Shape { weight, rows, blocks }: Shape) -> (BindGroup, Buffer) {
        let mut noise = Noise::new(7);
        let columns = blocks as usize * 32;
        let (quants, scales, _) = noise.matrix(weight, rows as usize, columns);
        let upload = |bytes: &[u8], usage| block_on(bench.device.upload("a product", bytes, usage)).unwrap();
        let params = matmul_residual::Params { rows, blocks, first_row: 0, stride: rows, has_bias: 0 };
        let step = Step { tokens: 1, ..Step::default() };
        let x = upload(&vec![0; rows as usize * 4], Usage::Storage);
        let buffers = matmul_residual::Buffers {
            params: &upload(bytes_of(&params), Usage::Uniform),
            step: &upload(bytes_of(&step), Usage::Uniform),
            quants: &upload(&quants, Usage::Storage),
            scales: &upload(&scales, Usage::Storage),
            y: &upload(cast_slice(&noise.floats(columns)), Usage::Storage),
            bias: &upload(&[0; 16], Usage::Storage),
            x: &x,
        };
        (matmul_residual::bind(&bench.kernels.matmul_residual, bench.device, &buffers), x)
    }

    /// What a pipeline adds to a residual of zeros, as bytes.
    async fn sums_of(bench: &Bench<'_>, shape: Shape, matvec: Matvec, pipeline: &Pipeline) -> Vec<u8> {
        let (group, x) = residual(bench, shape);
        let size_bytes = u64::from(shape.rows) * 4;
        let readback = Readback::new(bench.device, "sums", size_bytes).await.unwrap();
        let mut frame = bench.device.frame();
        record_one(&mut frame, matvec, pipeline, &group, shape.rows);
        frame.read_back(&x, &readback, size_bytes);
        frame.submit(bench.device);
        readback.read(bench.device, size_bytes, <[u8]>::to_vec).await.unwrap()
    }

    #[test]
    fn every_candidate_gives_the_known_answer_and_programs_on_the_cpu_have_none() {
        on_both_kinds(&[WEIGHT], KvType::F32, async |bench| {
            for product in PRODUCTS {
                let kernel = bench.kernels.of(product);
                for shape in FEW_ROWS {
                    let candidates = kernel.candidates(shape);
                    assert_eq!(candidates.is_empty(), kernel.is_software);
                    for matvec in candidates {
                        let pipeline = kernel.compile(bench.device, WEIGHT, matvec).await.unwrap();
                        let is_right =
                            bench.kernels.is_right(bench.device, product, shape, matvec, &pipeline);
                        assert!(is_right.await.unwrap(), "{product:?} {matvec:?}");
                    }
                }
            }
        });
    }

    #[test]
    fn candidates_for_a_shape_give_the_same_sums_to_the_last_bit() {
        on_both_kinds(&[WEIGHT], KvType::F32, async |bench| {
            let kernel = &bench.kernels.matmul_residual;
            for shape in FEW_ROWS {
                let mut sums: Vec<Vec<u8>> = Vec::new();
                for matvec in kernel.candidates(shape) {
                    let pipeline = kernel.compile(bench.device, WEIGHT, matvec).await.unwrap();
                    sums.push(sums_of(bench, shape, matvec, &pipeline).await);
                }
                assert!(sums.windows(2).all(|pair| pair[0] == pair[1]), "{shape:?}");
            }
        });
    }

    #[test]
    fn a_pipeline_for_one_shape_alone_gives_the_same_sums_to_the_last_bit() {
        on_both_kinds(&[WEIGHT], KvType::F32, async |bench| {
            for shape in FEW_ROWS {
                let mut kernel = bench.kernels.matmul_residual.clone();
                kernel.fit(bench.device, shape, shape.rows).await.unwrap();
                let (of, matvec, pipeline) = &kernel.chosen[0];
                assert_eq!((kernel.chosen.len(), *of), (1, shape));
                let any = kernel.compile(bench.device, WEIGHT, *matvec).await.unwrap();
                let sums = sums_of(bench, shape, *matvec, pipeline).await;
                assert!(sums == sums_of(bench, shape, *matvec, &any).await, "{shape:?}");
            }
        });
    }

    #[test]
    fn the_chosen_is_a_candidate_and_the_safest_where_there_is_no_time() {
        on_both_kinds(&[WEIGHT], KvType::F32, async |bench| {
            for shape in FEW_ROWS {
                let (group, _) = residual(bench, shape);
                let started = std::time::Instant::now();
                let now_ms = || started.elapsed().as_secs_f64() * 1e3;
                for until_ms in [f64::INFINITY, f64::NEG_INFINITY] {
                    let mut kernels = bench.kernels.clone();
                    let stopwatch = Stopwatch { now_ms: &now_ms, until_ms };
                    kernels
                        .tune(bench.device, Product::Residual, shape, &[&group], &stopwatch)
                        .await
                        .unwrap();
                    let kernel = &kernels.matmul_residual;
                    let candidates = kernel.candidates(shape);
                    let chosen: Vec<Matvec> = kernel.chosen.iter().map(|(_, matvec, _)| *matvec).collect();
                    match (kernel.is_software, until_ms > 0.0) {
                        (true, _) => assert_eq!(chosen, []),
                        (false, true) => assert!(chosen.len() == 1 && candidates.contains(&chosen[0])),
                        (false, false) => assert_eq!(chosen, candidates[..1]),
                    }
                }
            }
        });
    }

    #[test]
    fn more_lanes_share_a_row_where_rows_are_few_and_long() {
        on_both_kinds(&[WEIGHT], KvType::F32, async |bench| {
            let kernel = &bench.kernels.matmul_residual;
            let lanes = |rows, blocks| {
                let candidates = kernel.candidates(Shape { weight: WEIGHT, rows, blocks });
                candidates.first().map(|matvec| matvec.lanes())
            };
            let expected = [Some(64), Some(16), Some(16)].map(|lanes| lanes.filter(|_| !kernel.is_software));
            assert_eq!([lanes(1536, 192), lanes(1536, 48), lanes(128_256, 192)], expected);
        });
    }
}
