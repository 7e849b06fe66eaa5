//! Limits of any integer type, each as a number that holds them all.

/// A limit of an integer type.
///
/// A method of its own for `i128` beside the trait's for all others: a literal without a suffix
/// then is an `i128`, where the trait alone would make it an `i32`, which 5 GB do not fit into.
///
/// ```
/// use heapmark::__private::assertions::{AnyLimit as _, Limit};
///
/// assert_eq!(Limit(5_000_000_000).get(), Limit(5_000_000_000_u64).get());
/// assert_eq!(Limit(size_of::<u64>()).get(), 8);
/// assert_eq!(Limit(u128::MAX).get(), i128::MAX);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limit<T>(pub T);

impl Limit<i128> {
    /// The limit.
    pub fn get(self) -> i128 {
        self.0
    }
}

/// A limit of another type than `i128`.
pub trait AnyLimit {
    /// The limit; the highest number that there is where it is higher.
    fn get(self) -> i128;
}

impl<T: TryInto<i128>> AnyLimit for Limit<T> {
    fn get(self) -> i128 {
        self.0.try_into().unwrap_or(i128::MAX)
    }
}
