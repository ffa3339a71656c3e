//! The bytes of a response's body, one chunk at a time.

use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

/// Bytes copied into the heap at once.
const PIECE_BYTES: u32 = 1 << 20;

/// Reads a body; what is left unread when it goes is not fetched any more.
pub(crate) struct Reader {
    reader: ReadableStreamDefaultReader,
}

impl Reader {
    /// A reader of `response`'s body, or nothing where it has none.
    pub(crate) fn of(response: &Response) -> Option<Self> {
        let reader = response.body()?.get_reader().unchecked_into();
        Some(Self { reader })
    }

    /// The next chunk, or `None` at the end.
    ///
    /// # Errors
    /// What JavaScript threw: the connection broke, or the caller ended it.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        let read: Promise = self.reader.read().unchecked_into();
        let read = JsFuture::from(read).await?;
        if Reflect::get(&read, &JsValue::from_str("done"))?.is_truthy() {
            return Ok(None);
        }
        Ok(Some(Reflect::get(&read, &JsValue::from_str("value"))?.unchecked_into()))
    }
}

/// Brings chunks into the heap through a buffer that is used again and again.
#[derive(Default)]
pub(crate) struct Ladle {
    piece: Vec<u8>,
}

impl Ladle {
    /// Hands all of `chunk` to `sink`, piece by piece.
    pub(crate) fn hand_on<E>(
        &mut self,
        chunk: &Uint8Array,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut start = 0;
        while start < chunk.length() {
            let end = chunk.length().min(start + PIECE_BYTES);
            self.piece.resize((end - start) as usize, 0);
            chunk.subarray(start, end).copy_to(&mut self.piece);
            sink(&self.piece)?;
            start = end;
        }
        Ok(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Cancelling a body that has ended or failed does nothing, and its promise is of no interest.
        let cancelled: Promise = self.reader.cancel().unchecked_into();
        let ignore = wasm_bindgen::closure::Closure::once_into_js(|_: JsValue| ());
        let _ = Reflect::get(&cancelled, &JsValue::from_str("catch"))
            .and_then(|catch| js_sys::Function::from(catch).call1(&cancelled, &ignore));
    }
}
