//! The child side.

use crate::bencher::Group;

/// Runs groups.
pub fn main(_groups: &[&'static Group]) {}

/// Makes the `main` of a bench target from its groups.
#[macro_export]
macro_rules! main {
    ($($group:ident),+ $(,)?) => {
        fn main() {
            $crate::harness::main(&[$(&$group::GROUP),+])
        }
    };
}
