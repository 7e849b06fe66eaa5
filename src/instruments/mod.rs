//! The ways to measure a routine. None knows what a workload is called, and none prints.

mod count;
mod screen;
mod scripted;

pub use count::{Count, TAPE_EVENTS};
pub use screen::Screen;
pub use scripted::Scripted;
