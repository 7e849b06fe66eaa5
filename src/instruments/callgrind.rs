//! Sends requests to callgrind, the tool of valgrind: to start counting and to write its counts to
//! a file. Outside of valgrind a request is a few instructions without effect.
//!
//! valgrind detects a sequence of rotations that leaves a register unchanged, followed by an
//! exchange of a register with itself. No compiler emits this. One register points to the request,
//! another holds the answer, which a real processor leaves unchanged. Implemented for x86-64 and
//! aarch64 on Linux; other targets get no answer.

use std::ffi::CStr;

/// Numbers of requests. They belong to valgrind's stable interface.
const RUNNING_ON_VALGRIND: usize = 0x1001;
const CALLGRIND: usize = ((b'C' as usize) << 24) | ((b'T' as usize) << 16);
const ZERO_STATS: usize = CALLGRIND + 1;
const TOGGLE_COLLECT: usize = CALLGRIND + 2;
const DUMP_STATS_AT: usize = CALLGRIND + 3;

/// Whether the program runs under callgrind. Other tools of valgrind do not know the second request
/// and leave the answer unchanged.
pub fn is_present() -> bool {
    const UNKNOWN: usize = 1;
    request(RUNNING_ON_VALGRIND, 0, 0) != 0 && request(ZERO_STATS, 0, UNKNOWN) != UNKNOWN
}

/// Resets the counts to zero.
pub(super) fn zero() {
    request(ZERO_STATS, 0, 0);
}

/// Starts or stops counting on the calling thread.
#[inline(always)]
pub(super) fn toggle() {
    request(TOGGLE_COLLECT, 0, 0);
}

/// Writes the counts to a separate file that contains `label`, and resets them.
pub(super) fn dump(label: &CStr) {
    request(DUMP_STATS_AT, label.as_ptr().expose_provenance(), 0);
}

/// Sends a request to valgrind. Returns `unanswered` if the program does not run under valgrind, or
/// if its tool does not know the request.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[inline(always)]
fn request(number: usize, argument: usize, unanswered: usize) -> usize {
    let request = [number, argument, 0, 0, 0, 0];
    let mut answer = unanswered;
    // SAFETY: on a real processor the rotations add up to two full rotations of rdi and the
    // exchange does nothing, so only flags change. valgrind reads the request, which lives until
    // after the block, writes rdx, and reads the label that the argument points to, a C string.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") request.as_ptr(),
            inout("rdx") answer,
            options(nostack),
        );
    }
    answer
}

/// Sends a request to valgrind. Returns `unanswered` if the program does not run under valgrind, or
/// if its tool does not know the request.
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
#[inline(always)]
fn request(number: usize, argument: usize, unanswered: usize) -> usize {
    let request = [number, argument, 0, 0, 0, 0];
    let mut answer = unanswered;
    // SAFETY: on a real processor the rotations add up to two full rotations of x12 and the last
    // instruction does nothing. valgrind reads the request, which lives until after the block,
    // writes x3, and reads the label that the argument points to, a C string.
    unsafe {
        std::arch::asm!(
            "ror x12, x12, #3",
            "ror x12, x12, #13",
            "ror x12, x12, #51",
            "ror x12, x12, #61",
            "orr x10, x10, x10",
            in("x4") request.as_ptr(),
            inout("x3") answer,
            options(nostack),
        );
    }
    answer
}

/// There is no valgrind interface for this target.
#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
fn request(_: usize, _: usize, unanswered: usize) -> usize {
    unanswered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_of_valgrind_a_request_changes_nothing() {
        // The tests of this crate do not run under valgrind. A wrong register would crash here.
        let before = (1..100).map(|n: u64| n * n).sum::<u64>();
        zero();
        toggle();
        dump(c"not written");
        toggle();
        assert!(!is_present());
        assert_eq!((1..100).map(|n: u64| n * n).sum::<u64>(), before);
    }
}
