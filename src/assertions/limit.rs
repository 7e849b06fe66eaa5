//! Converts a limit of any integer type to `i128`.

/// A limit of an integer type.
///
/// `get` is an inherent method for `i128`, and a method of [`AnyLimit`] for all other types. The
/// compiler therefore infers `i128` for a literal without a suffix. If only the trait had the
/// method, it would infer `i32`, which cannot hold 5 GB.
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

/// A limit of a type other than `i128`.
pub trait AnyLimit {
    /// The limit, or `i128::MAX` if it is higher.
    fn get(self) -> i128;
}

impl<T: TryInto<i128>> AnyLimit for Limit<T> {
    fn get(self) -> i128 {
        self.0.try_into().unwrap_or(i128::MAX)
    }
}
