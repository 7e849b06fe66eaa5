//! Series that are drawn, not measured.
