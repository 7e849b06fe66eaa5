//! The site as a whole: from runs made in code to the bytes of its pages.
#![cfg(feature = "report")]

mod hostile;
mod on_disk;
mod page;
mod pages;
mod synthetic;
mod verdicts;
