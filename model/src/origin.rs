//! Decides whose code a frame of a call stack is: std, a dependency, heapmark, or the program.

use std::borrow::Cow;

use crate::record::Frame;

/// The placeholder for an unknown file or function.
const UNKNOWN: &str = "?";

/// The modules of heapmark between the program and its allocator, or between a case and its
/// harness. The other modules may be what is measured.
const HARNESS: [&str; 8] = [
    "alloc",
    "assertions",
    "bencher",
    "live",
    "harness",
    "instruments",
    "leak",
    "stacks",
];

/// Whether the frame is heapmark's own code, and not the code that it measures. `root` is the
/// folder of heapmark's own manifest, if the build location is known.
///
/// With only line tables, an inlined function has no path, so the file decides too.
pub fn is_harness(frame: &Frame, root: Option<&str>) -> bool {
    let name = frame.function.trim_start_matches('<');
    let file = root.and_then(|root| frame.file.strip_prefix(root));
    let file = file.and_then(|file| file.strip_prefix("/src/"));
    let is_within = |path: Option<&str>, end: char| {
        path.is_some_and(|path| {
            let modules = HARNESS.iter();
            let mut rests = modules.filter_map(|module| path.strip_prefix(module));
            rests.any(|rest| rest.starts_with(end))
        })
    };
    is_within(file, '/')
        || is_within(name.strip_prefix("heapmark::"), ':')
        || name.contains(" as heapmark::")
        || name.starts_with("backtrace::")
        || is_of_backtrace(&frame.file)
}

/// Whether the file belongs to the crate that walks stacks, in any place where cargo keeps it.
fn is_of_backtrace(file: &str) -> bool {
    let file = with_slashes(file);
    let Some((_, in_registry)) = file.split_once("/registry/src/") else {
        return file.contains("/git/checkouts/backtrace-rs-")
            || file.contains("/vendor/backtrace/src/");
    };
    let package = in_registry.split('/').nth(1).unwrap_or_default();
    let version = package.strip_prefix("backtrace-");
    version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// Whether the frame belongs to std or the runtime below it, or is unknown.
pub fn is_std(frame: &Frame) -> bool {
    is_of_rust(&frame.file)
        || is_of_runtime(frame)
        // Without a file, only the name is left.
        || frame.file == UNKNOWN && crate_of(&frame.function).is_none_or(|name| STD.contains(&name))
}

/// Whether the file belongs to the library that comes with the compiler.
fn is_of_rust(file: &str) -> bool {
    let file = with_slashes(file);
    let hash = file.strip_prefix("/rustc/").and_then(|file| file.get(..40));
    hash.is_some_and(|hash| hash.bytes().all(|digit| digit.is_ascii_hexdigit()))
        // The crates that std depends on.
        || file.starts_with("/rust/deps/")
        // The component `rust-src`, whose paths begin with the folder of the toolchain.
        || file.contains("/lib/rustlib/src/rust/library/")
        // As Debian and its derivatives build it.
        || file.starts_with("/usr/src/rustc-")
}

/// Whether the function starts a program or a thread, or is a shim of the compiler before the
/// allocator. With debug information, files of the C library can have any path, so names decide.
fn is_of_runtime(frame: &Frame) -> bool {
    const STARTS: [&str; 11] = [
        "_start",
        "__libc_start_main",
        "__libc_start_call_main",
        "start_thread",
        "clone",
        "__clone",
        "clone3",
        "__clone3",
        "_pthread_start",
        "thread_start",
        "BaseThreadInitThunk",
    ];
    let function = &*frame.function;
    // glibc adds this suffix to some of its functions.
    let name = function.strip_suffix("_impl").unwrap_or(function);
    // An inlined `clone` of the program has no path either.
    let is_rust = frame.file.ends_with(".rs");
    function.starts_with("__rust") || !is_rust && STARTS.contains(&name)
}

/// The crates of std, and the one that runs tests.
const STD: [&str; 9] = [
    "alloc",
    "core",
    "std",
    "std_detect",
    "panic_unwind",
    "hashbrown",
    "rustc_demangle",
    "test",
    "__rustc",
];

/// The crate of a function: that of its type, or of the trait if the type belongs to no crate, as
/// in `<&mut T as alloc::slice::Join>::join`. `None` if the function is not Rust code.
fn crate_of(function: &str) -> Option<&str> {
    function.split(" as ").find_map(|path| {
        let (first, _) = path.split_once("::")?;
        let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        first.rsplit(|letter| !is_of_name(letter)).next()
    })
}

/// Whether the frame belongs to a crate that cargo fetched.
pub fn is_dependency(frame: &Frame) -> bool {
    frame.file.contains("/registry/src/") || frame.file.contains("/git/checkouts/")
}

/// The path with `/` instead of the `\` of Windows.
fn with_slashes(file: &str) -> Cow<'_, str> {
    if file.contains('\\') {
        file.replace('\\', "/").into()
    } else {
        file.into()
    }
}

#[cfg(test)]
mod tests {
    use super::{crate_of, is_harness, is_std};
    use crate::record::Frame;

    fn frame(file: &str, function: &str) -> Frame {
        Frame {
            function: function.to_owned(),
            file: file.to_owned(),
            line: 0,
        }
    }

    const HASH: &str = "59807616e1fa2540724bfbac14d7976d7e4a3860";

    #[test]
    fn files_of_std_are_those_of_the_compiler() {
        for file in [
            &format!("/rustc/{HASH}/library/alloc/src/vec/mod.rs"),
            &format!("/rustc/{HASH}\\library\\alloc\\src\\vec\\mod.rs"),
            "/home/me/.rustup/toolchains/x/lib/rustlib/src/rust/library/core/src/lib.rs",
            "/rust/deps/hashbrown-0.16.1/src/raw.rs",
            "/usr/src/rustc-1.88.0/library/std/src/thread/mod.rs",
        ] {
            assert!(is_std(&frame(file, "keep")), "{file}");
        }
    }

    #[test]
    fn folders_with_the_names_of_std_folders_are_the_user_s() {
        for file in [
            "/home/me/library/core/src/lib.rs",
            "library/alloc/src/lib.rs",
            "/home/me/rust/deps/src/lib.rs",
            "/rustc/book/src/library/std/main.rs",
            "/home/me/backtrace-viewer/src/main.rs",
            "/home/me/backtrace-1/src/main.rs",
            "/home/me/registry/src/backtrace-1/lib.rs",
        ] {
            let frame = frame(file, "keep");
            assert!(!is_std(&frame) && !is_harness(&frame, None), "{file}");
        }
    }

    #[test]
    fn the_stack_walker_is_not_part_of_the_program() {
        for file in [
            "/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/backtrace-0.3.76/src/lib.rs",
            "C:\\Users\\me\\.cargo\\registry\\src\\index.crates.io-1\\backtrace-0.3.76\\src\\lib.rs",
            "/home/me/.cargo/git/checkouts/backtrace-rs-4c3b/1a2b3c4/src/lib.rs",
            "/home/me/app/vendor/backtrace/src/lib.rs",
        ] {
            assert!(is_harness(&frame(file, "trace<F>"), None), "{file}");
        }
    }

    #[test]
    fn without_a_file_the_name_decides_whose_a_function_is() {
        for name in [
            "alloc::raw_vec::RawVecInner<A>::finish_grow",
            "<alloc::vec::Vec<T> as core::iter::traits::collect::FromIterator<T>>::from_iter",
            "<T as alloc::slice::<impl [T]>::to_vec_in::ConvertVec>::to_vec",
            "<&mut [T] as core::fmt::Debug>::fmt",
            "<(A, core::fmt::Error)>::new",
            "std::rt::lang_start_internal",
            "__rustc::__rust_alloc",
            "test::run_test",
            "main",
            "?",
        ] {
            assert!(is_std(&frame("?", name)), "{name}");
        }
        for name in [
            "app::keep",
            "<app::Cache as core::iter::Iterator>::next",
            "<dyn app::Store as app::Load>::load",
            "<T as app::Load>::load",
            "<&app::Cache>::remember",
            "core_of_mine::keep",
        ] {
            assert!(!is_std(&frame("?", name)), "{name}");
        }
        assert_eq!(
            crate_of("<dyn app::Store as core::any::Any>::id"),
            Some("app")
        );
    }

    #[test]
    fn functions_that_start_a_thread_belong_to_the_runtime() {
        for (file, name) in [
            ("./csu/../csu/libc-start.c", "__libc_start_main_impl"),
            (
                "./csu/../sysdeps/nptl/libc_start_call_main.h",
                "__libc_start_call_main",
            ),
            ("./nptl/pthread_create.c", "start_thread"),
            (
                "./misc/../sysdeps/unix/sysv/linux/x86_64/clone3.S",
                "clone3",
            ),
        ] {
            assert!(is_std(&frame(file, name)), "{name}");
        }
        assert!(!is_std(&frame("src/cache.rs", "clone")));
    }
}
