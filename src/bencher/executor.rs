use std::future::Future;

/// Runs a future to its end on the calling thread, as a runtime's `block_on` does.
///
/// With the feature `criterion` every executor of criterion is one.
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
    /// Runs `future` and returns what it results in.
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T;
}

#[cfg(feature = "criterion")]
impl<E: criterion::async_executor::AsyncExecutor> AsyncExecutor for E {
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        criterion::async_executor::AsyncExecutor::block_on(self, future)
    }
}
