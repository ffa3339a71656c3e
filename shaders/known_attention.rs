//! Attention with known answers: turned, normed and appended heads, many queries at once, one token in one dispatch.

use bytemuck::cast_slice;
use gpu::{Error, Frame};

use crate::known_answer::{Bench, EPS};
use crate::noise::Noise;
use crate::{KvType, Step, attention, attention_merge, rope_qk_norm_append, rope_qk_norm_attention, truth};

/// What a layer does with queries and keys beside mixing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) use_rope: bool,
    pub(crate) use_qk_norm: bool,
    pub(crate) is_bounded: bool,
    pub(crate) floor_scale: u32,
    pub(crate) chunk: u32,
}

impl Rules {
    /// Layers with positions, with scores that are bounded and not, without positions, and in chunks.
    pub(crate) const ALL: [Self; 4] = {
        let plain = Self { use_rope: true, use_qk_norm: false, is_bounded: false, floor_scale: 0, chunk: 0 };
        [
            plain,
            Self { use_qk_norm: true, is_bounded: true, ..plain },
            Self { use_rope: false, floor_scale: 3, ..plain },
            Self { use_qk_norm: true, chunk: 48, ..plain },
        ]
    };
}

impl Bench<'_> {
    /// The kernels of attention in small odd shapes.
    pub(crate) async fn attend_in_every_way(&self, kv: KvType) -> Result<(), Error> {
        self.rope_qk_norm_append(kv, true, true, 0).await?;
        self.rope_qk_norm_append(kv, false, false, 3).await?;
        for (is_bounded, chunk) in [(0, 0), (0, 48), (1, 0)] {
            self.attention(kv, [7, 1, 24], 67, is_bounded, chunk).await?;
        }
        for (rules, splits) in Rules::ALL.into_iter().zip([3, 1, 1, 3]) {
            self.rope_qk_norm_attention(kv, [7, 1, 24], 67, splits, rules).await?;
        }
        Ok(())
    }

    pub(crate) async fn rope_qk_norm_append(
        &self,
        kv: KvType,
        use_rope: bool,
        use_qk_norm: bool,
        floor_scale: u32,
    ) -> Result<(), Error> {
        let (heads, kv_heads, head_dim, tokens, position) = (3, 2, 24, 3, 4);
        let params = rope_qk_norm_append::Params {
            heads: heads as u32,
            kv_heads: kv_heads as u32,
            quads: head_dim as u32 / 8,
            use_rope: use_rope.into(),
            use_qk_norm: use_qk_norm.into(),
            eps: EPS,
            floor_scale,
            attn_scale: 0.3,
        };
        let mut noise = Noise::new(5);
        let stride = (heads + 2 * kv_heads) * head_dim;
        let capacity = position + tokens;
        let qkv = noise.floats(tokens * stride);
        let angles = angles(capacity * head_dim / 2);
        let number_bytes = kv.bytes() as usize;
        let cache = vec![0; capacity * kv_heads * head_dim * number_bytes];
        let (qkv_buffer, keys, values) =
            (self.storage(cast_slice(&qkv)).await?, self.storage(&cache).await?, self.storage(&cache).await?);
        let group = self.kernels.rope_qk_norm_append.bind(
            self.device,
            &rope_qk_norm_append::Buffers {
                params: &self.uniform(params).await?,
                step: &self
                    .uniform(Step { position: position as u32, tokens: tokens as u32, ..Step::default() })
                    .await?,
                angles: &self.storage(cast_slice(&angles)).await?,
                qkv: &qkv_buffer,
                keys: &keys,
                values: &values,
            },
        );
        let [expected_qkv, expected_keys, expected_values] =
            turned_and_appended(&params, &qkv, &angles, position);
        let kernel = &self.kernels.rope_qk_norm_append;
        let mut frame = self.device.frame();
        kernel.record(&mut frame, &group, (heads + 2 * kv_heads) as u32, tokens as u32);
        let f16 = kv == KvType::F16;
        let name = "rope_qk_norm_append";
        self.compare(&format!("{name} {kv:?} queries"), frame, &qkv_buffer, false, &expected_qkv).await?;
        self.compare(&format!("{name} {kv:?} keys"), self.device.frame(), &keys, f16, &expected_keys).await?;
        self.compare(&format!("{name} {kv:?} values"), self.device.frame(), &values, f16, &expected_values)
            .await
    }

    /// `[heads, kv_heads, head_dim]`, keys up to `capacity`.
    pub(crate) async fn attention(
        &self,
        kv: KvType,
        [heads, kv_heads, head_dim]: [usize; 3],
        capacity: usize,
        is_bounded: u32,
        chunk: u32,
    ) -> Result<(), Error> {
        let tokens = 3.min(capacity);
        let position = capacity - tokens;
        let params = attention::Params {
            heads: heads as u32,
            kv_heads: kv_heads as u32,
            quads: head_dim as u32 / 4,
            chunk,
            scale: 1.0 / (head_dim as f32).sqrt(),
            is_bounded,
        };
        let mut noise = Noise::new(6);
        let stride = (heads + 2 * kv_heads) * head_dim;
        let qkv = noise.floats(tokens * stride);
        let (key_bytes, keys) = noise.cache(kv, capacity * kv_heads * head_dim);
        let (value_bytes, values) = noise.cache(kv, capacity * kv_heads * head_dim);
        let o = self.storage(&vec![0; tokens * heads * head_dim * 4]).await?;
        let group = self.kernels.attention.bind(
            self.device,
            &attention::Buffers {
                params: &self.uniform(params).await?,
                step: &self
                    .uniform(Step { position: position as u32, tokens: tokens as u32, ..Step::default() })
                    .await?,
                qkv: &self.storage(cast_slice(&qkv)).await?,
                keys: &self.storage(&key_bytes).await?,
                values: &self.storage(&value_bytes).await?,
                o: &o,
            },
        );
        let mut frame = self.device.frame();
        self.kernels.attention.record(&mut frame, &group, heads as u32, kv_heads as u32, tokens as u32);
        let mut expected = Vec::new();
        for token in 0..tokens {
            for head in 0..heads {
                let query = &qkv[token * stride + head * head_dim..][..head_dim];
                let kv_head = head / (heads / kv_heads);
                expected.extend(truth::attention(&params, query, kv_head, position + token, &keys, &values));
            }
        }
        self.compare(&format!("attention {kv:?}"), frame, &o, false, &expected).await
    }

    /// `[heads, kv_heads, head_dim]`; a token after `position` others.
    pub(crate) async fn rope_qk_norm_attention(
        &self,
        kv: KvType,
        [heads, kv_heads, head_dim]: [usize; 3],
        position: usize,
        splits: u32,
        rules: Rules,
    ) -> Result<(), Error> {
        let params = fused_params([heads, kv_heads, head_dim], rules);
        let (rope, mix) = params_of_parts(&params);
        let mut noise = Noise::new(7);
        let (row, count) = (kv_heads * head_dim, (position + 2) * kv_heads * head_dim);
        let qkv = noise.floats((heads + 2 * kv_heads) * head_dim);
        let angles = angles((position + 1) * head_dim / 2);
        let [(key_bytes, mut keys), (value_bytes, mut values)] =
            [noise.cache(kv, count), noise.cache(kv, count)];
        let (keys_buffer, values_buffer) =
            (self.storage(&key_bytes).await?, self.storage(&value_bytes).await?);
        // Whatever no split has left is no number.
        let size_bytes = rope_qk_norm_attention::partials_bytes(splits, heads as u32, head_dim as u32);
        let partials = self.storage(&vec![0xFF; size_bytes as usize]).await?;
        let o = self.storage(&vec![0xFF; heads * head_dim * 4]).await?;
        let buffers = rope_qk_norm_attention::Buffers {
            params: &self.uniform(params).await?,
            step: &self.uniform(Step { position: position as u32, tokens: 1, ..Step::default() }).await?,
            angles: &self.storage(cast_slice(&angles)).await?,
            qkv: &self.storage(cast_slice(&qkv)).await?,
            keys: &keys_buffer,
            values: &values_buffer,
            partials: &partials,
            o: &o,
        };
        let mut frame = self.device.frame();
        let group = self.kernels.rope_qk_norm_attention.bind(self.device, &buffers);
        let kernel = &self.kernels.rope_qk_norm_attention;
        kernel.record(&mut frame, &group, heads as u32, kv_heads as u32, splits);
        self.merge(&mut frame, splits, &buffers, [heads as u32, head_dim as u32]).await?;

        let turned = |head: usize| {
            let angles = &angles[position * head_dim / 2..];
            let raw = &qkv[head * head_dim..][..head_dim];
            truth::rope_qk_norm(&rope, raw, angles, position as u32, head < heads)
        };
        for head in 0..kv_heads {
            let to = position * row + head * head_dim;
            keys[to..][..head_dim].copy_from_slice(&turned(heads + head));
            let value = &qkv[(heads + kv_heads + head) * head_dim..][..head_dim];
            values[to..][..head_dim].iter_mut().zip(value).for_each(|(to, v)| *to = f64::from(*v));
        }
        let (name, f16) = (format!("rope_qk_norm_attention {kv:?}"), kv == KvType::F16);
        // The mix is of what was found there: a sum in another order may round to the f16 beside the one expected.
        let keys = self.found(&format!("{name} keys"), frame, &keys_buffer, f16, &keys).await?;
        let frame = self.device.frame();
        let values = self.found(&format!("{name} values"), frame, &values_buffer, f16, &values).await?;
        let mut expected = Vec::new();
        for head in 0..heads {
            let query: Vec<f32> = turned(head).into_iter().map(|v| v as f32).collect();
            let kv_head = head / (heads / kv_heads);
            expected.extend(truth::attention(&mix, &query, kv_head, position, &keys, &values));
        }
        let name = format!("{name} in {splits} splits");
        self.compare(&name, self.device.frame(), &o, false, &expected).await
    }

    /// What several splits have left is put together.
    async fn merge(
        &self,
        frame: &mut Frame,
        splits: u32,
        buffers: &rope_qk_norm_attention::Buffers<'_>,
        [heads, head_dim]: [u32; 2],
    ) -> Result<(), Error> {
        if splits == 1 {
            return Ok(());
        }
        let params = attention_merge::Params { heads, quads: head_dim / 4 };
        let buffers = attention_merge::Buffers {
            params: &self.uniform(params).await?,
            partials: buffers.partials,
            o: buffers.o,
        };
        let group = self.kernels.attention_merge.bind(self.device, &buffers);
        self.kernels.attention_merge.record(frame, &group, heads * head_dim);
        Ok(())
    }
}

fn fused_params([heads, kv_heads, head_dim]: [usize; 3], rules: Rules) -> rope_qk_norm_attention::Params {
    rope_qk_norm_attention::Params {
        heads: heads as u32,
        kv_heads: kv_heads as u32,
        quads: head_dim as u32 / 4,
        chunk: rules.chunk,
        scale: 1.0 / (head_dim as f32).sqrt(),
        is_bounded: rules.is_bounded.into(),
        use_rope: rules.use_rope.into(),
        use_qk_norm: rules.use_qk_norm.into(),
        eps: EPS,
        floor_scale: rules.floor_scale,
        attn_scale: 0.3,
    }
}

/// What the two kernels for many tokens would be given.
fn params_of_parts(
    params: &rope_qk_norm_attention::Params,
) -> (rope_qk_norm_append::Params, attention::Params) {
    let rope_qk_norm_attention::Params { heads, kv_heads, quads, chunk, scale, is_bounded, .. } = *params;
    let rope_qk_norm_attention::Params { use_rope, use_qk_norm, eps, floor_scale, attn_scale, .. } = *params;
    (
        rope_qk_norm_append::Params {
            heads,
            kv_heads,
            quads: quads / 2,
            use_rope,
            use_qk_norm,
            eps,
            floor_scale,
            attn_scale,
        },
        attention::Params { heads, kv_heads, quads, chunk, scale, is_bounded },
    )
}

/// Cosines and sines of some angles.
fn angles(count: usize) -> Vec<[f32; 2]> {
    (0..count).map(|i| [(i as f32 * 0.7).cos(), (i as f32 * 0.7).sin()]).collect()
}

/// What rope_qk_norm_append leaves of `qkv`, (T, (H + 2K) * D), and puts into the two caches, (S, K, D).
fn turned_and_appended(
    params: &rope_qk_norm_append::Params,
    qkv: &[f32],
    angles: &[[f32; 2]],
    position: usize,
) -> [Vec<f64>; 3] {
    let (heads, kv_heads, half) =
        (params.heads as usize, params.kv_heads as usize, params.quads as usize * 4);
    let head_dim = 2 * half;
    let mut queries: Vec<f64> = qkv.iter().map(|v| f64::from(*v)).collect();
    let mut keys = vec![0.0; angles.len() / half * kv_heads * head_dim];
    let mut values = keys.clone();
    for (index, source) in qkv.chunks_exact(head_dim).enumerate() {
        let (token, head) = (index / (heads + 2 * kv_heads), index % (heads + 2 * kv_heads));
        let at = position + token;
        let turned =
            truth::rope_qk_norm(params, source, &angles[at * half..][..half], at as u32, head < heads);
        let slot = (at * kv_heads + head.wrapping_sub(heads) % kv_heads) * head_dim;
        if head < heads {
            queries[index * head_dim..][..head_dim].copy_from_slice(&turned);
        } else if head < heads + kv_heads {
            keys[slot..][..head_dim].copy_from_slice(&turned);
        } else {
            values[slot..][..head_dim].iter_mut().zip(source).for_each(|(to, v)| *to = f64::from(*v));
        }
    }
    [queries, keys, values]
}
