//! Writes a rendered site into a folder.
