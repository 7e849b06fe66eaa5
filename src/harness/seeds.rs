//! The source of hash seeds: the system, or a fixed stream in the passes that need one.
//!
//! `main!` defines a `getrandom` function in the bench binary that replaces the one of the C
//! library. std calls it for the keys of `RandomState`. It forwards every call to the system until
//! a pass fixes the stream. Only `main!` does this, not the library itself: otherwise heapmark
//! would replace the randomness of every program that depends on it.
//!
//! The stream advances with each call, so two keys differ. Not fixed is code that calls the kernel
//! directly (getrandom 0.2), reads `/dev/urandom` or the clock, or hashes addresses.

use heapmark_model::record::HashSeeds;

/// Fixes the stream from its beginning, for the rest of the process. Returns [`HashSeeds::Random`]
/// if the binary has no `getrandom` from `main!`, so that the stream cannot be fixed.
pub fn fix() -> HashSeeds {
    linux::fix()
}

#[cfg(not(target_os = "linux"))]
mod linux {
    pub(super) fn fix() -> super::HashSeeds {
        super::HashSeeds::Random
    }
}

#[cfg(target_os = "linux")]
pub use linux::getrandom;

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::HashSeeds;

    /// Value of a stream that is not fixed: the system provides the bytes.
    const SYSTEM: u64 = 0;
    const BEGINNING: u64 = 0x9e37_79b9_7f4a_7c15;

    static STREAM: AtomicU64 = AtomicU64::new(SYSTEM);

    pub(super) fn fix() -> HashSeeds {
        STREAM.store(BEGINNING, Ordering::SeqCst);
        let mut byte = 0_u8;
        // SAFETY: the buffer is one byte long and can be written.
        unsafe { libc::getrandom((&raw mut byte).cast(), 1, 0) };
        // The stream has advanced if the call above reached the function from `main!`.
        let fixed = STREAM.load(Ordering::SeqCst) != BEGINNING;
        STREAM.store(if fixed { BEGINNING } else { SYSTEM }, Ordering::SeqCst);
        if fixed {
            HashSeeds::Fixed
        } else {
            HashSeeds::Random
        }
    }

    /// Implements the `getrandom` of [`main!`](crate::main).
    ///
    /// # Safety
    ///
    /// `buffer` must be valid for writing `length` bytes.
    pub unsafe fn getrandom(buffer: *mut u8, length: usize, flags: u32) -> isize {
        if STREAM.load(Ordering::Relaxed) == SYSTEM {
            // SAFETY: the caller's buffer is passed on unchanged, with the arguments of the call.
            let got = unsafe { libc::syscall(libc::SYS_getrandom, buffer, length, flags) };
            return got as isize;
        }
        for index in 0..length {
            // SAFETY: the index is below the length that the caller guarantees.
            let byte = unsafe { buffer.add(index) };
            // SAFETY: it points into the caller's buffer, which can be written.
            unsafe { byte.write(next()) };
        }
        length as isize
    }

    /// The next byte of the stream: the highest byte of splitmix64.
    fn next() -> u8 {
        let state = STREAM.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 56) as u8
    }
}

/// Defines the switchable `getrandom` in a binary; part of [`main!`](crate::main).
#[doc(hidden)]
#[macro_export]
macro_rules! switchable_randomness {
    () => {
        #[cfg(target_os = "linux")]
        const _: () = {
            #[unsafe(no_mangle)]
            unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, flags: u32) -> isize {
                // SAFETY: the caller guarantees the buffer, as for the function that this replaces.
                unsafe { $crate::__private::harness::seeds::getrandom(buffer, length, flags) }
            }
        };
    };
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_program_without_main_keeps_the_randomness_of_the_system() {
        assert_eq!(fix(), HashSeeds::Random);
        let mut buffers = [[0_u8; 16]; 2];
        for buffer in &mut buffers {
            // SAFETY: the length is that of the buffer.
            let got = unsafe { getrandom(buffer.as_mut_ptr(), buffer.len(), 0) };
            assert_eq!(got, 16);
        }
        assert_ne!(buffers[0], buffers[1]);
    }
}
