//! One worker at a time, over all tabs of a site.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::clock::scope;

/// A lock that is held; given back when it goes, or when its worker does.
pub(crate) struct Lock {
    release: Function,
}

impl Lock {
    /// Takes the lock of that name, after `on_wait` where another has it; `None` where the browser has no locks.
    ///
    /// # Errors
    /// What JavaScript threw: `signal` has ended the wait.
    pub(crate) async fn take(
        name: &str,
        signal: &AbortSignal,
        on_wait: impl FnOnce(),
    ) -> Result<Option<Self>, JsValue> {
        let locks = Reflect::get(&scope().navigator(), &JsValue::from_str("locks"))?;
        if locks.is_undefined() {
            return Ok(None);
        }
        if let Some(lock) = Self::request(&locks, name, "ifAvailable", &JsValue::TRUE).await? {
            return Ok(Some(lock));
        }
        on_wait();
        Self::request(&locks, name, "signal", signal).await
    }

    async fn request(
        locks: &JsValue,
        name: &str,
        option: &str,
        value: &JsValue,
    ) -> Result<Option<Self>, JsValue> {
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        let mut grant = None;
        let granted = Promise::new(&mut |resolve, _| grant = Some(resolve));
        let (Some(release), Some(grant)) = (release, grant) else { return Ok(None) };
        let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            // Calling what settles a promise cannot fail.
            let _ = grant.call1(&JsValue::NULL, &lock);
            if lock.is_null() { JsValue::UNDEFINED } else { held.into() }
        });
        let options = Object::new();
        Reflect::set(&options, &JsValue::from_str(option), value)?;
        let request: Function = Reflect::get(locks, &JsValue::from_str("request"))?.unchecked_into();
        let asked = request.call3(locks, &JsValue::from_str(name), &options, &callback)?;
        // The request itself ends when the lock is given back, or fails before it is had.
        let first = Promise::race(&Array::of2(&granted, &asked));
        let lock = JsFuture::from(first).await?;
        Ok((!lock.is_null()).then_some(Self { release }))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}
