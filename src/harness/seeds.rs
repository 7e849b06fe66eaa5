//! Where hash seeds come from: the system, or a fixed stream in the passes that want one.
//!
//! `main!` puts a `getrandom` of its own into the bench binary, in place of the C library's, and
//! std asks it for the keys of `RandomState`. It hands every call on to the system until a pass
//! fixes the stream. A library must not do so: whoever merely names heapmark among the
//! dependencies would get his randomness replaced.
//!
//! The stream goes on with each call, so that two keys differ. What is not fixed: whoever asks
//! the kernel by a call of its own (getrandom 0.2), reads `/dev/urandom` or the clock, or hashes
//! addresses.

use heapmark_model::record::HashSeeds;

/// Fixes the stream from its beginning, for the rest of the process; [`HashSeeds::Random`] where
/// the binary has no `getrandom` from `main!`, so that nothing can be fixed.
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

    /// Not fixed: the system answers.
    const SYSTEM: u64 = 0;
    const BEGINNING: u64 = 0x9e37_79b9_7f4a_7c15;

    static STREAM: AtomicU64 = AtomicU64::new(SYSTEM);

    pub(super) fn fix() -> HashSeeds {
        STREAM.store(BEGINNING, Ordering::SeqCst);
        let mut byte = 0_u8;
        // SAFETY: the buffer is one byte long and ours.
        unsafe { libc::getrandom((&raw mut byte).cast(), 1, 0) };
        // The stream has moved if it was ours that was called.
        let fixed = STREAM.load(Ordering::SeqCst) != BEGINNING;
        STREAM.store(if fixed { BEGINNING } else { SYSTEM }, Ordering::SeqCst);
        if fixed {
            HashSeeds::Fixed
        } else {
            HashSeeds::Random
        }
    }

    /// What the `getrandom` of [`main!`](crate::main) does.
    ///
    /// # Safety
    ///
    /// `buffer` must be valid for writing `length` bytes.
    pub unsafe fn getrandom(buffer: *mut u8, length: usize, flags: u32) -> isize {
        if STREAM.load(Ordering::Relaxed) == SYSTEM {
            // SAFETY: the caller's buffer, handed on as it is; the system call takes these three.
            let got = unsafe { libc::syscall(libc::SYS_getrandom, buffer, length, flags) };
            return got as isize;
        }
        for index in 0..length {
            // SAFETY: the index is below the length that the caller vouches for.
            let byte = unsafe { buffer.add(index) };
            // SAFETY: it points into the caller's buffer, which can be written.
            unsafe { byte.write(next()) };
        }
        length as isize
    }

    /// The next byte of the stream: splitmix64, of which the highest byte is as good as any.
    fn next() -> u8 {
        let state = STREAM.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 56) as u8
    }
}

/// Puts the switchable `getrandom` into a binary; part of [`main!`](crate::main).
#[doc(hidden)]
#[macro_export]
macro_rules! switchable_randomness {
    () => {
        #[cfg(target_os = "linux")]
        const _: () = {
            #[unsafe(no_mangle)]
            unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, flags: u32) -> isize {
                // SAFETY: the caller vouches for the buffer, as to the function in its place.
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
            // SAFETY: the buffer is as long as it says.
            let got = unsafe { getrandom(buffer.as_mut_ptr(), buffer.len(), 0) };
            assert_eq!(got, 16);
        }
        assert_ne!(buffers[0], buffers[1]);
    }
}
