//! The bytes of a response's body, one chunk at a time.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    ReadableStreamByobReader, ReadableStreamDefaultReader, ReadableStreamGetReaderOptions,
    ReadableStreamReaderMode, Response,
};

/// Bytes copied into the heap at once.
const PIECE_BYTES: u32 = 1 << 20;

/// Room for a chunk, and how much of it waits to be used again at most.
const ROOM_BYTES: u32 = 64 << 10;
const MOST_ROOMS: usize = 1024;

/// Room that chunks were read into and that is used again: a browser gives back late what is thrown away.
#[derive(Clone, Default)]
pub(crate) struct Pool(Rc<RefCell<Vec<ArrayBuffer>>>);

impl Pool {
    fn take(&self) -> Uint8Array {
        match self.0.borrow_mut().pop() {
            Some(room) => Uint8Array::new(&room),
            None => Uint8Array::new_with_length(ROOM_BYTES),
        }
    }

    /// Takes the room of a chunk that was handed on.
    pub(crate) fn give(&self, chunk: &Uint8Array) {
        let mut rooms = self.0.borrow_mut();
        let room = chunk.buffer();
        if room.byte_length() == ROOM_BYTES && rooms.len() < MOST_ROOMS {
            rooms.push(room);
        }
    }
}

/// Reads a body; what is left unread when it goes is not fetched any more.
pub(crate) struct Reader {
    reader: JsValue,
    /// Where the browser reads into room that it is given.
    pool: Option<Pool>,
}

impl Reader {
    /// A reader of `response`'s body, or nothing where it has none.
    pub(crate) fn of(response: &Response, pool: &Pool) -> Option<Self> {
        let body = response.body()?;
        let options = ReadableStreamGetReaderOptions::new();
        options.set_mode(ReadableStreamReaderMode::Byob);
        // Not every browser's bodies can; it throws then.
        let byob = Reflect::get(&body, &JsValue::from_str("getReader"))
            .and_then(|get| Function::from(get).call1(&body, &options));
        Some(match byob {
            Ok(reader) => Self { reader, pool: Some(pool.clone()) },
            Err(_) => Self { reader: body.get_reader().into(), pool: None },
        })
    }

    /// The next chunk, or `None` at the end.
    ///
    /// # Errors
    /// What JavaScript threw: the connection broke, or the caller ended it.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        let read = match &self.pool {
            Some(pool) => {
                let reader: &ReadableStreamByobReader = self.reader.unchecked_ref();
                reader.read_with_array_buffer_view(&pool.take())
            }
            None => self.reader.unchecked_ref::<ReadableStreamDefaultReader>().read(),
        };
        let read: Promise = read.unchecked_into();
        let read = JsFuture::from(read).await?;
        let value = Reflect::get(&read, &JsValue::from_str("value"))?;
        let is_done = Reflect::get(&read, &JsValue::from_str("done"))?.is_truthy();
        if is_done && value.is_undefined() {
            return Ok(None);
        }
        let chunk: Uint8Array = value.unchecked_into();
        let Some(pool) = &self.pool else { return Ok((!is_done).then_some(chunk)) };
        // A chunk that leaves most of its room empty would waste it while it waits.
        let small = (chunk.length() < ROOM_BYTES / 2).then(|| chunk.slice(0, chunk.length()));
        if small.is_some() {
            pool.give(&chunk);
        }
        Ok((!is_done).then(|| small.unwrap_or(chunk)))
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
        let reader: &ReadableStreamDefaultReader = self.reader.unchecked_ref();
        let cancelled: Promise = reader.cancel().unchecked_into();
        let ignore = wasm_bindgen::closure::Closure::once_into_js(|_: JsValue| ());
        let _ = Reflect::get(&cancelled, &JsValue::from_str("catch"))
            .and_then(|catch| js_sys::Function::from(catch).call1(&cancelled, &ignore));
    }
}
