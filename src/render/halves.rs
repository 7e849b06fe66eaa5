//! Two threads for what is made of many like things. The result does not depend on them.

use std::panic::resume_unwind;
use std::thread;

use super::RenderError;

/// A file's address and its bytes.
pub(super) type File = (String, Vec<u8>);

/// What `make` makes of `items`, half of them on a thread of their own.
pub(super) fn in_halves<T: Sync>(
    items: &[T],
    make: impl Fn(&T) -> Result<Vec<File>, RenderError> + Sync,
) -> Result<Vec<File>, RenderError> {
    let all = |items: &[T]| -> Result<Vec<File>, RenderError> {
        let mut files = Vec::new();
        for item in items {
            files.extend(make(item)?);
        }
        Ok(files)
    };
    let (front, back) = items.split_at(items.len() / 2);
    thread::scope(|scope| {
        let back = scope.spawn(|| all(back));
        let mut files = all(front)?;
        files.extend(back.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        Ok(files)
    })
}
