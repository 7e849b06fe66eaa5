//! Numbers as people read them: separators, powers of two, a real minus.
