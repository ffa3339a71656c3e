//! Keys and values of one layer, in pages.
//!
//! Keys are a matrix of positions times D, values one of D times positions, both in panels: scores are a product with queries,
//! and what is mixed is a product with weights, by the kernel that multiplies floats. A cache grows by a page; nothing of it
//! is ever moved.

use checkpoint::KvDtype;
use half::f16;

use crate::Error;
use crate::matrix::{Panel, room};
use crate::simd::{Line, ROWS};

/// Positions of a page.
pub(crate) const PAGE: usize = 256;

/// What all pages of a model have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageShape {
    pub(crate) dtype: KvDtype,
    /// D.
    pub(crate) head_dim: usize,
    /// K.
    pub(crate) kv_heads: usize,
}

/// Keys and values of 256 positions of one layer.
pub(crate) struct Page {
    shape: PageShape,
    keys: Vec<Line>,
    values: Vec<Line>,
}

impl PageShape {
    /// Numbers of a word.
    fn per_word(self) -> usize {
        4 / self.dtype.bytes() as usize
    }

    /// D in whole blocks.
    pub(crate) fn padded_head_dim(self) -> usize {
        self.head_dim.next_multiple_of(32)
    }

    /// Panels of 16 of D.
    pub(crate) fn value_panels(self) -> usize {
        self.head_dim.div_ceil(ROWS)
    }

    /// Lines of a panel of keys, and of one of values.
    fn widths(self) -> [usize; 2] {
        [self.padded_head_dim() / self.per_word(), PAGE / self.per_word()]
    }
}

impl Page {
    /// A page of zeros.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn new(shape: PageShape) -> Result<Self, Error> {
        let [key, value] = shape.widths();
        let keys = room(shape.kv_heads * PAGE / ROWS * key)?;
        let values = room(shape.kv_heads * shape.value_panels() * value)?;
        Ok(Self { shape, keys, values })
    }

    /// Keys of 16 positions of a head.
    pub(crate) fn keys(&self, kv_head: usize, panel: usize) -> Panel<'_> {
        let [width, _] = self.shape.widths();
        let at = (kv_head * (PAGE / ROWS) + panel) * width;
        Panel { scales: &[], quants: &self.keys[at..][..width] }
    }

    /// 16 of D of a head, of all positions.
    pub(crate) fn values(&self, kv_head: usize, panel: usize) -> Panel<'_> {
        let [_, width] = self.shape.widths();
        let at = (kv_head * self.shape.value_panels() + panel) * width;
        Panel { scales: &[], quants: &self.values[at..][..width] }
    }

    /// Puts a head's key and value, (D) each, where `slot` of the page's positions is.
    pub(crate) fn write(&mut self, kv_head: usize, slot: usize, key: &[f32], value: &[f32]) {
        let ([key_width, value_width], per_word) = (self.shape.widths(), self.shape.per_word());
        let keys = &mut self.keys[(kv_head * (PAGE / ROWS) + slot / ROWS) * key_width..][..key_width];
        for (d, key) in key.iter().enumerate() {
            put(&mut keys[d / per_word], slot % ROWS, d % per_word, *key, self.shape.dtype);
        }
        let panels = &mut self.values[kv_head * self.shape.value_panels() * value_width..];
        for (d, value) in value.iter().enumerate() {
            let line = &mut panels[d / ROWS * value_width + slot / per_word];
            put(line, d % ROWS, slot % per_word, *value, self.shape.dtype);
        }
    }
}

/// Puts a number into a lane, or one half of it.
fn put(line: &mut Line, lane: usize, half: usize, value: f32, dtype: KvDtype) {
    let word = &mut line.0[lane];
    *word = match dtype {
        KvDtype::F32 => value.to_bits(),
        KvDtype::F16 => {
            let bits = u32::from(f16::from_f32(value).to_bits());
            *word & !(0xFFFF << (16 * half)) | bits << (16 * half)
        }
    };
}
