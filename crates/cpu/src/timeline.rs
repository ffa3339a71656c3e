//! One session's cache, and the forward pass over it.

use crate::Decoder;
use crate::attention::Attention;
use crate::cache::{PAGE, Page};
use crate::exp::swiglu;
use crate::heads::{add_bias, head, norm, turn};
use crate::input::Input;
use crate::matrix::Matrix;
use crate::product::{Activations, Product};
use crate::simd::ROWS;
use crate::weights::Layer;

/// Tokens that attention takes at once, so that a key is unpacked once for all of them.
const ATTENTION_TOKENS: usize = 8;
/// Pieces that a product is cut into for each thread: a thread that is held up leaves the rest to the others.
const PIECES: usize = 4;

/// Numbers of T tokens in panels: (rows / 16, T) of 16 rows.
type Grid = Vec<[f32; ROWS]>;

/// A session's memory.
pub struct Timeline {
    /// Layer after layer.
    caches: Vec<Vec<Page>>,
    input: Input,
    /// (C, T), the residual.
    x: Grid,
    /// (H * D, T), (K * D, T), (K * D, T).
    qkv: [Grid; 3],
    /// (F, T), (F, T).
    gate_up: [Grid; 2],
    /// (K, T, H / K, D), D in whole blocks.
    queries: Vec<f32>,
    /// (K, T, H / K, D).
    o: Vec<f32>,
}

impl Timeline {
    /// An empty one.
    pub fn open(decoder: &Decoder) -> Self {
        Self {
            caches: decoder.config.layers.iter().map(|_| Vec::new()).collect(),
            input: Input::default(),
            x: Grid::new(),
            qkv: [const { Grid::new() }; 3],
            gate_up: [const { Grid::new() }; 2],
            queries: Vec::new(),
            o: Vec::new(),
        }
    }

    /// Makes sure that the cache holds `positions`; `false` where there is no memory for them.
    pub fn reserve(&mut self, decoder: &Decoder, positions: usize) -> bool {
        let pages = positions.div_ceil(PAGE);
        self.caches.iter_mut().all(|cache| {
            while cache.len() < pages {
                let Ok(page) = Page::new(decoder.page_shape()) else { return false };
                cache.push(page);
            }
            true
        })
    }

    /// Runs `tokens` from `position` on, leaves their keys and values in the cache, and puts the logits of
    /// `tokens[first..]` into `logits`, (rows, V).
    ///
    /// # Panics
    /// There is no token, or [`Timeline::reserve`] did not make room.
    pub fn forward(
        &mut self,
        decoder: &Decoder,
        position: usize,
        tokens: &[u32],
        first: usize,
        logits: &mut Vec<f32>,
    ) {
        decoder.crew.gather(|| self.run(decoder, position, tokens, first, logits));
    }

    fn run(
        &mut self,
        decoder: &Decoder,
        position: usize,
        tokens: &[u32],
        first: usize,
        logits: &mut Vec<f32>,
    ) {
        let config = &decoder.config;
        let count = tokens.len();
        self.embed(decoder, tokens);
        let rotations = config.rotations(position as u32..(position + count) as u32);
        for (index, layer) in decoder.weights.layers.iter().enumerate() {
            norm(&self.x, &layer.input_layernorm, config.rms_norm_eps, &mut self.input, count);
            self.attend(decoder, index, position, &rotations);
            multiply(decoder, &[&layer.o_proj], &mut self.input, [&mut self.x], true);
            add_bias(&mut self.x, &layer.o_bias, count);
            norm(&self.x, &layer.post_attention_layernorm, config.rms_norm_eps, &mut self.input, count);
            self.feed_forward(decoder, layer);
        }
        logits.clear();
        if first == count {
            return;
        }
        // The head takes the tokens that are asked for alone.
        let rows = count - first;
        let last: Grid = self.x.chunks_exact(count).flat_map(|panel| &panel[first..]).copied().collect();
        norm(&last, &decoder.weights.norm, config.rms_norm_eps, &mut self.input, rows);
        let mut grid = Grid::new();
        multiply(decoder, &[decoder.weights.head()], &mut self.input, [&mut grid], false);
        logits.resize(rows * config.vocab_size as usize, 0.0);
        for (row, logits) in logits.chunks_exact_mut(config.vocab_size as usize).enumerate() {
            for (panel, logits) in logits.chunks_mut(ROWS).enumerate() {
                logits.copy_from_slice(&grid[panel * rows + row][..logits.len()]);
            }
        }
    }

    /// The rows of the embedding that the tokens name.
    fn embed(&mut self, decoder: &Decoder, tokens: &[u32]) {
        let embedding = &decoder.weights.embed_tokens;
        self.x.resize(embedding.columns / ROWS * tokens.len(), [0.0; ROWS]);
        let mut row = vec![0.0; embedding.columns];
        for (t, token) in tokens.iter().enumerate() {
            embedding.read(*token as usize, &mut row);
            for (panel, values) in row.as_chunks::<ROWS>().0.iter().enumerate() {
                self.x[panel * tokens.len() + t] = *values;
            }
        }
    }

    /// From normed activations to mixed values, ready for `o_proj`.
    fn attend(&mut self, decoder: &Decoder, index: usize, position: usize, rotations: &[[f32; 2]]) {
        let (config, layer) = (&decoder.config, &decoder.weights.layers[index]);
        let (shape, count) = (decoder.page_shape(), self.input.tokens());
        let [q, k, v] = &mut self.qkv;
        multiply(decoder, &layer.qkv.each_ref(), &mut self.input, [q, k, v], false);
        for (grid, bias) in self.qkv.iter_mut().zip(&layer.qkv_bias) {
            add_bias(grid, bias, count);
        }
        let (width, head_dim) = (shape.padded_head_dim(), shape.head_dim);
        let (heads, kv_heads) = (config.num_attention_heads as usize, shape.kv_heads);
        let group = heads / kv_heads;
        self.queries.resize(heads * count * width, 0.0);
        self.o.resize(heads * count * head_dim, 0.0);
        let (rules, cache) = (&config.layers[index], &mut self.caches[index]);
        let [mut key, mut value] = [const { Vec::new() }; 2];
        for t in 0..count {
            let (at, rotation) = (position + t, &rotations[t * head_dim / 2..][..head_dim / 2]);
            let scale = rules.temperature.map_or(1.0, |temperature| temperature.at(at as u32))
                / (head_dim as f32).sqrt();
            for h in 0..heads {
                let query = &mut self.queries[((h / group * count + t) * group + h % group) * width..];
                head(&self.qkv[0], h, t, count, &mut query[..head_dim]);
                turn(&mut query[..head_dim], rotation, rules, config.rms_norm_eps);
                query[..head_dim].iter_mut().for_each(|q| *q *= scale);
            }
            for h in 0..kv_heads {
                key.resize(head_dim, 0.0);
                value.resize(head_dim, 0.0);
                head(&self.qkv[1], h, t, count, &mut key);
                head(&self.qkv[2], h, t, count, &mut value);
                turn(&mut key, rotation, rules, config.rms_norm_eps);
                cache[at / PAGE].write(h, at % PAGE, &key, &value);
            }
        }
        let tiles =
            self.queries.chunks_mut(count * group * width).zip(self.o.chunks_mut(count * group * head_dim));
        let tiles = tiles.enumerate().flat_map(|(kv_head, (queries, o))| {
            let queries = queries.chunks(ATTENTION_TOKENS * group * width);
            let o = o.chunks_mut(ATTENTION_TOKENS * group * head_dim);
            queries.zip(o).enumerate().map(move |(tile, (queries, o))| (kv_head, tile, queries, o))
        });
        let tiles = tiles.map(|(kv_head, tile, queries, o)| Attention {
            shape,
            pages: cache,
            kv_head,
            queries,
            group,
            position: position + tile * ATTENTION_TOKENS,
            chunk: rules.attention_chunk_size.map(|chunk| chunk as usize),
            o,
        });
        decoder.crew.each(tiles.collect(), |attention| attention.compute(decoder.machine));
        let input = self.input.reset(count, heads * head_dim);
        for (t, row) in input.chunks_exact_mut(heads * head_dim).enumerate() {
            for (kv_head, heads) in row.chunks_exact_mut(group * head_dim).enumerate() {
                heads
                    .copy_from_slice(&self.o[(kv_head * count + t) * group * head_dim..][..group * head_dim]);
            }
        }
    }

    /// From normed activations to the residual.
    fn feed_forward(&mut self, decoder: &Decoder, layer: &Layer) {
        let count = self.input.tokens();
        let [gate, up] = &mut self.gate_up;
        multiply(decoder, &layer.gate_up.each_ref(), &mut self.input, [gate, up], false);
        swiglu(decoder.machine, gate, up);
        let width = gate.len() / count * ROWS;
        let input = self.input.reset(count, width);
        for (panel, tokens) in gate.chunks_exact(count).enumerate() {
            for (t, values) in tokens.iter().enumerate() {
                input[t * width + panel * ROWS..][..ROWS].copy_from_slice(values);
            }
        }
        multiply(decoder, &[&layer.down_proj], &mut self.input, [&mut self.x], true);
    }
}

/// Products of some matrices with one input, cut into pieces for the crew; into grids as large as they must be.
fn multiply<const N: usize>(
    decoder: &Decoder,
    matrices: &[&Matrix; N],
    input: &mut Input,
    grids: [&mut Grid; N],
    adds: bool,
) {
    let (tokens, activations) = (input.tokens(), decoder.activations);
    if activations == Activations::Int8 && matrices.iter().any(|matrix| matrix.dtype.is_quantised()) {
        input.round(decoder.machine);
    }
    let panels: usize = matrices.iter().map(|matrix| matrix.panels()).sum();
    let threads = decoder.crew.threads();
    let piece = if threads == 1 { panels } else { panels.div_ceil(threads * PIECES) };
    let mut products = Vec::new();
    for (matrix, grid) in matrices.iter().zip(grids) {
        grid.resize(matrix.panels() * tokens, [0.0; ROWS]);
        let product = Product { matrix, panels: 0..matrix.panels(), input, activations, y: grid, adds };
        products.extend(product.cut(piece));
    }
    decoder.crew.each(products, |product| product.compute(decoder.machine));
}
