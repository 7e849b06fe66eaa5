//! Serves a rendered site on 127.0.0.1 from an in-memory map of allowed paths.
