//! Takes the current call stack as return addresses: along frame pointers if the program has them,
//! otherwise by unwinding. Uses `unsafe`, because it reads the stack directly.
//!
//! ```text
//!   lower addresses                                                    the stack's end
//!   ┌─ frame ────────────┐  ┌─ caller's frame ───┐  ┌─ its caller's ─────┐
//!   │ pointer │ return ──┼─ │ pointer │ return   │  │ pointer │ return   │   …
//!   └────┬────┴──────────┘  ▲────┬────┴──────────┘  ▲─────────┴──────────┘
//!        └──────────────────┘    └──────────────────┘
//! ```
//!
//! A function without a frame pointer may leave any number in its place. So a pointer is only
//! followed within the used part of the thread's own stack, and only upwards.

use std::hint::black_box;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Maximum number of frames of a stack. Frames further out belong to the start of the program.
pub(crate) const DEPTH: usize = 64;
/// Number of outermost frames that may be missing. They belong to the C library, which has no frame
/// pointers.
const FOREIGN: usize = 4;

/// The way in which stacks are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Walk {
    /// Along frame pointers: takes nanoseconds per frame.
    FramePointers,
    /// With the unwind tables: takes up to microseconds per frame.
    Unwinding,
}

static HAS_FRAME_POINTERS: AtomicBool = AtomicBool::new(false);

/// Takes stacks by unwinding from now on, which works for every program.
pub(crate) fn unwind_always() {
    HAS_FRAME_POINTERS.store(false, Ordering::Relaxed);
}

/// Determines the fastest way that works for this program, and uses it from now on.
#[inline(never)]
pub(crate) fn choose() -> Walk {
    // The frames of the callers are above this local variable.
    let here = black_box(0_u8);
    let here = ptr::from_ref(&here).addr();
    let (mut followed, mut unwound) = ([0; DEPTH], [0; DEPTH]);
    let followed = follow(&mut followed);
    let unwound = unwind(&mut unwound, here);
    let has = agree(followed, unwound);
    HAS_FRAME_POINTERS.store(has, Ordering::Relaxed);
    match has {
        true => Walk::FramePointers,
        false => Walk::Unwinding,
    }
}

/// Whether both ways find the same callers of a function, except for the foreign ones.
fn agree(followed: &[usize], unwound: &[usize]) -> bool {
    let both = unwound.iter().zip(followed);
    let same = both.take_while(|(one, other)| one == other).count();
    // A stack of the maximum depth does not contain its foreign frames.
    same > 1 && same + FOREIGN >= unwound.len()
}

/// The return addresses of the current stack, innermost first.
#[inline(always)]
pub(crate) fn stack(room: &mut [usize; DEPTH]) -> &[usize] {
    match HAS_FRAME_POINTERS.load(Ordering::Relaxed) {
        true => follow(room),
        false => unwind(room, 0),
    }
}

/// Unwinds the stack. Returns the frames whose stack pointer is above `from`, or all if that is 0.
fn unwind(room: &mut [usize; DEPTH], from: usize) -> &[usize] {
    let mut depth = 0;
    backtrace::trace(|frame| {
        if frame.sp().addr() > from || from == 0 {
            room[depth] = frame.ip().addr();
            depth += 1;
        }
        depth < DEPTH
    });
    &room[..depth]
}

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
fn follow(room: &mut [usize; DEPTH]) -> &[usize] {
    &room[..0]
}

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
use linux::follow;

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod linux {
    use std::arch::asm;
    use std::cell::Cell;
    use std::{mem, ptr};

    use super::DEPTH;

    /// Size of the caller's frame pointer and the return address.
    const FRAME: usize = 2 * size_of::<usize>();

    thread_local! {
        /// The end of this thread's stack, once it is known. It has no destructor, because the
        /// allocator may read it at any time.
        static END: Cell<usize> = const { Cell::new(0) };
    }

    /// Follows the frame pointers. Inlined, so that the first frame is that of the caller.
    #[inline(always)]
    pub fn follow(room: &mut [usize; DEPTH]) -> &[usize] {
        let mut frame = frame_pointer();
        // The part of the stack above a local variable is in use.
        let mut from = ptr::from_ref(&frame).addr();
        let end = stack_end();
        let mut depth = 0;
        while depth < DEPTH
            && frame >= from
            && frame.checked_add(FRAME).is_some_and(|above| above <= end)
            && frame.is_multiple_of(align_of::<usize>())
        {
            let words = ptr::with_exposed_provenance::<[usize; 2]>(frame);
            // SAFETY: both words are aligned and between a local variable of this thread and the
            // end of its stack, where all memory is mapped. All bit patterns are valid integers.
            let [caller, return_address] = unsafe { words.read_volatile() };
            if return_address == 0 {
                break;
            }
            room[depth] = return_address;
            depth += 1;
            from = frame + FRAME;
            frame = caller;
        }
        &room[..depth]
    }

    #[inline(always)]
    fn frame_pointer() -> usize {
        let pointer: usize;
        #[cfg(target_arch = "x86_64")]
        // SAFETY: it copies a register and touches nothing else.
        unsafe {
            asm!("mov {}, rbp", out(reg) pointer, options(nomem, nostack, preserves_flags));
        }
        #[cfg(target_arch = "aarch64")]
        // SAFETY: it copies a register and touches nothing else.
        unsafe {
            asm!("mov {}, x29", out(reg) pointer, options(nomem, nostack, preserves_flags));
        }
        pointer
    }

    #[inline]
    fn stack_end() -> usize {
        match END.get() {
            0 => {
                let end = ask_for_stack_end().unwrap_or(1);
                END.set(end);
                end
            }
            end => end,
        }
    }

    /// One above the highest address of this thread's stack. The C library may allocate memory for
    /// this, but not with the program's allocator.
    #[cold]
    fn ask_for_stack_end() -> Option<usize> {
        let mut attributes = mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
        // SAFETY: the function has no preconditions.
        let thread = unsafe { libc::pthread_self() };
        // SAFETY: the calling thread exists, and the attributes can be written.
        let failed = unsafe { libc::pthread_getattr_np(thread, attributes.as_mut_ptr()) };
        if failed != 0 {
            return None;
        }
        let (mut low, mut bytes) = (ptr::null_mut(), 0);
        // SAFETY: the call above has initialised the attributes, and both results can be written.
        let failed = unsafe {
            libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut low, &raw mut bytes)
        };
        // SAFETY: they were initialised above and are not used again.
        unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
        (failed == 0).then(|| low.addr() + bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::agree;

    const UNWOUND: [usize; 6] = [10, 20, 30, 40, 50, 60];

    #[test]
    fn walks_agree_where_only_the_c_library_is_missing() {
        assert!(agree(&UNWOUND, &UNWOUND));
        assert!(agree(&[10, 20, 99], &UNWOUND));
    }

    #[test]
    fn a_walk_that_goes_astray_skips_callers_or_ends_early_is_rejected() {
        for astray in [&[][..], &[10], &[20, 30, 40, 50, 60], &[10, 30, 40, 50, 60]] {
            assert!(!agree(astray, &UNWOUND), "{astray:?}");
        }
    }
}
