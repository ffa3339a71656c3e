//! The kernels that multiply matrices with one token, chosen for the shapes of this model on this GPU.

use bytemuck::bytes_of;
use kernels::{Product, Step, Stopwatch};

use crate::groups::{self, Groups};
use crate::timeline::activations;
use crate::{Decoder, Error};

/// Time that choosing may take in all.
const BUDGET_MS: f64 = 300.0;

impl Decoder {
    /// Times a handful of candidates for each matrix of a token, over all layers in turn, and keeps the fastest. A program
    /// that stands in for a GPU has one. Weights must be there; sessions are opened afterwards.
    ///
    /// # Errors
    /// The GPU failed.
    pub async fn tune(&mut self, now_ms: &dyn Fn() -> f64) -> Result<(), Error> {
        if self.device.adapter().is_software {
            return self.fit().await;
        }
        let stopwatch = Stopwatch { now_ms, until_ms: now_ms() + BUDGET_MS };
        let activations = activations(self, 1).await?;
        let groups = Groups::new(self, &activations).await?;
        self.device.write(&activations.step, 0, bytes_of(&Step { tokens: 1, ..Step::default() }));
        let layers = |products: fn(&groups::LayerGroups) -> &[groups::Product]| {
            groups.layers.iter().flat_map(products).collect::<Vec<_>>()
        };
        // Those that take longest first, in case time runs out.
        let all = [
            (Product::Gated, layers(|layer| &layer.gate_up)),
            (Product::Residual, layers(|layer| &layer.down_proj)),
            (Product::Normed, groups.head_of_one.iter().collect()),
            (Product::Normed, layers(|layer| &layer.qkv)),
            (Product::Residual, layers(|layer| &layer.o_proj)),
        ];
        for (product, mut left) in all {
            while let Some(groups::Product { shape, .. }) = left.first() {
                let (same, others): (Vec<_>, Vec<_>) = left.iter().partition(|other| other.shape == *shape);
                let groups: Vec<_> = same.iter().map(|other: &&groups::Product| &other.group).collect();
                self.kernels.tune(&self.device, product, *shape, &groups, &stopwatch).await?;
                left = others;
            }
        }
        Ok(())
    }

    /// Compiles for each shape what multiplies matrices of that shape.
    async fn fit(&mut self) -> Result<(), Error> {
        let weights = &self.weights;
        let layers = weights.layers.iter().flat_map(|layer| {
            [
                (Product::Normed, &layer.qkv),
                (Product::Residual, &layer.o_proj),
                (Product::Gated, &layer.gate_up),
                (Product::Residual, &layer.down_proj),
            ]
        });
        let head = (Product::Normed, weights.lm_head.as_ref().unwrap_or(&weights.embed_tokens));
        for (product, matrix) in layers.chain([head]) {
            for piece in &matrix.pieces {
                self.kernels.fit(&self.device, product, piece.shape(matrix.columns)).await?;
            }
        }
        Ok(())
    }
}
