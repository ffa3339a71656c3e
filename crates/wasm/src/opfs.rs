//! The browser's own files for this site: folders, and files that are read and written at once.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemRemoveOptions,
    FileSystemSyncAccessHandle, WorkerNavigator,
};

use crate::clock::scope;

/// Where everything of ours stands.
const HOME: &str = "reckon";

/// A folder.
#[derive(Clone)]
pub(crate) struct Folder(FileSystemDirectoryHandle);

impl Folder {
    /// The folder of all kept models.
    ///
    /// # Errors
    /// What JavaScript threw: the browser keeps nothing for this page.
    pub(crate) async fn home() -> Result<Self, JsValue> {
        let navigator: WorkerNavigator = scope().navigator();
        let storage = Reflect::get(&navigator, &JsValue::from_str("storage"))?;
        if storage.is_undefined() {
            return Err(JsValue::from_str("this browser has no storage for pages like this one"));
        }
        let root = JsFuture::from(navigator.storage().get_directory()).await?;
        Self(root.unchecked_into()).folder(HOME).await
    }

    /// The folder of that name in it, made where there is none.
    pub(crate) async fn folder(&self, name: &str) -> Result<Self, JsValue> {
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        let folder = JsFuture::from(self.0.get_directory_handle_with_options(name, &options)).await?;
        Ok(Self(folder.unchecked_into()))
    }

    /// The folder of that name in it.
    pub(crate) async fn existing(&self, name: &str) -> Result<Self, JsValue> {
        Ok(Self(JsFuture::from(self.0.get_directory_handle(name)).await?.unchecked_into()))
    }

    /// Opens a file, made where there is none, for this worker alone.
    pub(crate) async fn open(&self, name: &str) -> Result<Handle, JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let file = JsFuture::from(self.0.get_file_handle_with_options(name, &options)).await?;
        let file: FileSystemFileHandle = file.unchecked_into();
        let handle = JsFuture::from(file.create_sync_access_handle()).await?;
        Ok(Handle(handle.unchecked_into()))
    }

    /// A file as it stands, whoever has it open.
    pub(crate) async fn file(&self, name: &str) -> Result<File, JsValue> {
        let file: FileSystemFileHandle = JsFuture::from(self.0.get_file_handle(name)).await?.unchecked_into();
        Ok(JsFuture::from(file.get_file()).await?.unchecked_into())
    }

    /// Deletes what is called so, and what is in it.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), JsValue> {
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        JsFuture::from(self.0.remove_entry_with_options(name, &options)).await.map(|_| ())
    }

    /// What is in it.
    pub(crate) async fn names(&self) -> Result<Vec<String>, JsValue> {
        let keys = self.0.keys();
        let mut names = Vec::new();
        loop {
            let next = JsFuture::from(keys.next()?).await?;
            if Reflect::get(&next, &JsValue::from_str("done"))?.is_truthy() {
                return Ok(names);
            }
            names.extend(Reflect::get(&next, &JsValue::from_str("value"))?.as_string());
        }
    }
}

/// A file that is open; closed when it goes.
pub(crate) struct Handle(FileSystemSyncAccessHandle);

impl Handle {
    /// Its size.
    pub(crate) fn size_bytes(&self) -> Result<u64, JsValue> {
        Ok(self.0.get_size()? as u64)
    }

    /// `len` bytes from `at` on; fewer where it ends before.
    pub(crate) fn read(&self, at: u64, len: usize) -> Result<Vec<u8>, JsValue> {
        let mut bytes = vec![0; len];
        let read = self.0.read_with_u8_array_and_options(&mut bytes, &place(at))?;
        bytes.truncate(read as usize);
        Ok(bytes)
    }

    /// Writes at `at`; it is on the disk once this returns.
    pub(crate) fn write(&self, at: u64, bytes: &[u8]) -> Result<(), JsValue> {
        let written = self.0.write_with_u8_array_and_options(bytes, &place(at))?;
        if (written as usize) < bytes.len() {
            return Err(JsValue::from_str("there is no room left"));
        }
        self.0.flush()
    }

    /// Cuts off what stands from `at` on.
    pub(crate) fn truncate(&self, at: u64) -> Result<(), JsValue> {
        self.0.truncate_with_f64(at as f64)?;
        self.0.flush()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn place(at: u64) -> FileSystemReadWriteOptions {
    let options = FileSystemReadWriteOptions::new();
    options.set_at(at as f64);
    options
}
