//! The folder of records: atomic, append-only, one immutable file a run.
