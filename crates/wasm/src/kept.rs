//! Files of the web, and a shelf beside them: what is on it is taken from there, what is fetched is put on it.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use engine::checkpoint::sha256;
use engine::{Error, Files, Store};
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use crate::clock::{now_ms, sleep};
use crate::fault::words;
use crate::opfs::Folder;
use crate::shelf::Shelf;
use crate::trouble::stopped;
use crate::web::Web;

/// How long weights are taken from the disk before others have their turn.
const TURN_MS: f64 = 20.0;

/// Files of the web, and a shelf beside them.
pub(crate) struct Kept<'a> {
    web: &'a Web,
    folder: Folder,
    shelf: RefCell<Shelf>,
    /// Why nothing more is put on the shelf.
    fault: RefCell<Option<JsValue>>,
    signal: AbortSignal,
    turn_ms: Cell<f64>,
}

impl<'a> Kept<'a> {
    pub(crate) fn new(web: &'a Web, folder: Folder, shelf: Shelf, signal: &AbortSignal) -> Self {
        let (shelf, fault) = (RefCell::new(shelf), RefCell::default());
        Self { web, folder, shelf, fault, signal: signal.clone(), turn_ms: Cell::new(now_ms()) }
    }

    /// Notes that the whole model is kept, unless something kept that from being so.
    pub(crate) fn end(&self) {
        self.try_to(Shelf::note_whole);
    }

    /// Whether nothing came of it.
    pub(crate) fn is_empty(&self) -> bool {
        self.shelf.borrow().is_empty()
    }

    /// Does something with the shelf; once that fails the shelf is emptied, and nothing more is put on it: half a model is
    /// of no use to the next visit, and takes room from others.
    fn try_to(&self, act: impl FnOnce(&mut Shelf) -> Result<(), JsValue>) {
        if self.fault.borrow().is_some() {
            return;
        }
        let mut shelf = self.shelf.borrow_mut();
        if let Err(thrown) = act(&mut shelf) {
            let _ = shelf.clear();
            *self.fault.borrow_mut() = Some(thrown);
        }
    }

    /// Asks the server for a file, and empties the shelf where that is another than the one that is kept.
    async fn meet(&self, name: &str) -> Result<Option<u64>, Error> {
        let size_bytes = self.web.size_bytes(name).await?;
        let stamp = self.web.stamp(name);
        self.try_to(|shelf| {
            if !shelf.is_like(name, &stamp, size_bytes) {
                shelf.clear()?;
            }
            shelf.meet(name, stamp, size_bytes)
        });
        Ok(size_bytes)
    }

    /// Sees to it that the server still has the file of which something is kept.
    async fn reach(&self, name: &str) -> Result<(), Error> {
        let size_bytes = self.web.size_bytes(name).await?;
        if self.shelf.borrow().is_like(name, &self.web.stamp(name), size_bytes) {
            return Ok(());
        }
        self.try_to(Shelf::clear);
        Err(Error::Files(format!(
            "what is kept of {name} on this device is damaged, and the server has another file by now; load it again"
        )))
    }

    /// Bytes of a file's beginning, where all of them are kept and sound.
    async fn beginning(&self, name: &str, range: &Range<u64>) -> Option<Vec<u8>> {
        let (kept, hash) = self.shelf.borrow().beginning(name)?;
        if range.end > kept {
            return None;
        }
        let handle = self.folder.open(&beginning_name(name)).await.ok()?;
        let bytes = handle.read(0, usize::try_from(kept).ok()?).ok()?;
        (sha256(&bytes) == hash).then(|| bytes[range.start as usize..range.end as usize].to_vec())
    }

    /// Keeps bytes that continue a file's beginning.
    async fn keep_beginning(&self, name: &str, at: u64, bytes: &[u8]) -> Result<(), JsValue> {
        let handle = self.folder.open(&beginning_name(name)).await?;
        let mut whole = handle.read(0, at as usize)?;
        whole.extend_from_slice(bytes);
        handle.write(at, bytes)?;
        self.try_to(|shelf| shelf.keep_beginning(name, whole.len() as u64, sha256(&whole)));
        Ok(())
    }
}

impl Files for Kept<'_> {
    async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        let met = self.shelf.borrow().is_whole().then(|| self.shelf.borrow().met(name)).flatten();
        match met {
            Some(size_bytes) => Ok(size_bytes),
            None => self.meet(name).await,
        }
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Vec<u8>, Error> {
        if let Some(bytes) = self.beginning(name, &range).await {
            return Ok(bytes);
        }
        self.reach(name).await?;
        let bytes = self.web.read(name, range.clone()).await?;
        let kept = self.shelf.borrow().beginning(name).map_or(0, |(bytes, _)| bytes);
        if range.start != 0 && range.start != kept {
            return Ok(bytes);
        }
        if let Err(thrown) = self.keep_beginning(name, range.start, &bytes).await {
            self.try_to(|_| Err(thrown));
        }
        Ok(bytes)
    }

    async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.reach(name).await?;
        self.web.stream(name, range, sink).await
    }
}

impl Store for &Kept<'_> {
    fn is_open(&self) -> bool {
        self.fault.borrow().is_none()
    }

    fn hash(&self, number: usize) -> Option<String> {
        self.shelf.borrow().hash(number)
    }

    async fn read(&mut self, range: Range<u64>) -> Result<Option<Vec<u8>>, Error> {
        if now_ms() - self.turn_ms.get() > TURN_MS {
            sleep(0, &self.signal).await;
            self.turn_ms.set(now_ms());
        }
        if self.signal.aborted() {
            return Err(stopped());
        }
        Ok(self.shelf.borrow().read(range))
    }

    fn write(&mut self, number: usize, at: u64, bytes: &[u8], hash: &str) -> Result<(), Error> {
        self.try_to(|shelf| shelf.write(number, at, bytes, hash));
        match &*self.fault.borrow() {
            None => Ok(()),
            Some(thrown) => {
                Err(Error::Files(format!("this site's storage does not take it ({})", words(thrown))))
            }
        }
    }

    fn clear(&mut self) {
        self.try_to(Shelf::clear);
    }
}

/// What a file's beginning is called on this device: file names may hold what no name here may.
fn beginning_name(file: &str) -> String {
    format!("beginning-{}", &sha256(file.as_bytes())[..16])
}
