//! The site as a whole: from runs made in code to the bytes of its pages.

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
