//! Tests of the rendered site: from generated runs to the bytes of the pages.

mod allocators;
mod contention;
mod detail;
mod groups;
mod guide;
mod hostile;
mod ids;
mod index_file;
mod leaks;
mod long;
mod on_disk;
mod page;
mod pages;
mod profiles;
mod synthetic;
mod times;
mod toolchains;
mod verdicts;
