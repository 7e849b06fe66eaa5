//! The allocator of the server and its heap statistics: heapmark's, which counts, or dhat's, which
//! also records the call stack of every block (feature `memory-profiling`).

pub use chosen::{NAME, Watch, heap};

#[cfg(not(feature = "memory-profiling"))]
mod chosen {
    use std::io;

    use heapmark::stats::{Heap, Tracking, memory_stats, track};

    #[global_allocator]
    static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

    pub const NAME: &str = "heapmark";

    /// Counts while this value exists.
    pub struct Watch {
        _tracking: Tracking,
    }

    impl Watch {
        pub fn start() -> io::Result<Self> {
            let tracking = track().map_err(io::Error::other)?;
            Ok(Self {
                _tracking: tracking,
            })
        }
    }

    pub fn heap() -> Option<Heap> {
        memory_stats().heap
    }
}

#[cfg(feature = "memory-profiling")]
mod chosen {
    use std::io;

    use serde_json::{Value, json};

    #[global_allocator]
    static ALLOC: dhat::Alloc = dhat::Alloc;

    pub const NAME: &str = "dhat";

    /// Writes dhat's file when it is dropped.
    pub struct Watch {
        _profiler: dhat::Profiler,
    }

    impl Watch {
        pub fn start() -> io::Result<Self> {
            let file = std::env::var_os("HEAPMARK_DHAT_OUT");
            let file = file.unwrap_or_else(|| "dhat-heap.json".into());
            Ok(Self {
                _profiler: dhat::Profiler::builder().file_name(file).build(),
            })
        }
    }

    pub fn heap() -> Value {
        let heap = dhat::HeapStats::get();
        json!({
            "live_bytes": heap.curr_bytes,
            "live_blocks": heap.curr_blocks,
            "peak_bytes": heap.max_bytes,
            "peak_blocks": heap.max_blocks,
            "total_bytes": heap.total_bytes,
            "total_blocks": heap.total_blocks,
        })
    }
}
