//! Composes the commands that `cargo xtask` and `cargo heapmark` share.
