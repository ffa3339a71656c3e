//! Several requests under way at once, their bytes in order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use engine::Error;
use js_sys::Uint8Array;

/// Chunks that have come and are not yet handed on; they lie outside the heap.
pub(crate) type Chunks = Rc<RefCell<VecDeque<Uint8Array>>>;

/// Requests under way, in the order of their bytes. Dropping it ends them.
#[derive(Default)]
pub(crate) struct Window<'a> {
    lanes: VecDeque<Lane<'a>>,
}

struct Lane<'a> {
    chunks: Chunks,
    /// `None` once it has ended.
    work: Option<Work<'a>>,
}

type Work<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

impl<'a> Window<'a> {
    /// Requests under way.
    pub(crate) fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Begins one more, whose `work` puts what comes into `chunks`.
    pub(crate) fn push(&mut self, chunks: Chunks, work: impl Future<Output = Result<(), Error>> + 'a) {
        self.lanes.push_back(Lane { chunks, work: Some(Box::pin(work)) });
    }

    /// The next chunk in order, or `None` once the first request has ended and a further one may begin.
    ///
    /// # Errors
    /// One of the requests failed.
    pub(crate) async fn next(&mut self) -> Result<Option<Uint8Array>, Error> {
        poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Uint8Array>, Error>> {
        for lane in &mut self.lanes {
            if let Some(Poll::Ready(ended)) = lane.work.as_mut().map(|work| work.as_mut().poll(context)) {
                lane.work = None;
                ended?;
            }
        }
        let Some(first) = self.lanes.front() else { return Poll::Ready(Ok(None)) };
        if let Some(chunk) = first.chunks.borrow_mut().pop_front() {
            return Poll::Ready(Ok(Some(chunk)));
        }
        if first.work.is_some() {
            return Poll::Pending;
        }
        self.lanes.pop_front();
        Poll::Ready(Ok(None))
    }
}

/// What the first of the two to end gives; the other is dropped.
pub(crate) async fn first<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(value),
        Poll::Pending => other.as_mut().poll(context),
    })
    .await
}
