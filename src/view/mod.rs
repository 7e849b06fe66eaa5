//! One typed model a page; all wording and ordering is decided here.
