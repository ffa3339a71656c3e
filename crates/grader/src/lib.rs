//! The face of [`evaluate`] in a browser: a module of its own, which only the page fetches that asks suites.
//!
//! An [`Exam`](exam::Exam) is one suite's file; it tells what is asked, takes answers one by one, and says what they come
//! to. What crosses is JSON, described for TypeScript in `web/src/evaluation/messages.ts`; errors cross as `Error` objects.
#![cfg(target_arch = "wasm32")]

mod exam;
mod offer;
