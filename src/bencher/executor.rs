//! The executors of asynchronous routines.

use std::future::Future;

/// Runs a future to completion on the calling thread, as a runtime's `block_on` does.
///
/// With the feature `criterion`, every async executor of criterion implements this trait.
///
/// ```
/// use heapmark::AsyncExecutor;
///
/// struct Tokio(tokio::runtime::Runtime);
///
/// impl AsyncExecutor for Tokio {
///     fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
///         self.0.block_on(future)
///     }
/// }
/// ```
pub trait AsyncExecutor {
    /// Runs `future` to completion and returns its output.
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T;
}

#[cfg(feature = "criterion")]
impl<E: criterion::async_executor::AsyncExecutor> AsyncExecutor for E {
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        criterion::async_executor::AsyncExecutor::block_on(self, future)
    }
}
