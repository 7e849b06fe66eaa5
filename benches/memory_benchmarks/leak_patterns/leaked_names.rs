//! Names that become `'static` for each request, compared with names that are shared while they are
//! used.

use std::hint::black_box;
use std::sync::Arc;

use heapmark::Bencher;

heapmark::question! {
    "give a request a name";

    /// An interface requires `&'static str`, and `Box::leak` makes one from each new name.
    problem, growth == leak: retained >= PREFIX;

    /// The interface takes `Arc<str>`, and the last owner of the name frees it.
    solution, growth == steady: retained == 0;
}

/// Minimum length of a name in bytes.
const PREFIX: usize = "request-".len();

fn name(number: u64) -> Box<str> {
    format!("request-{:08}", black_box(number)).into_boxed_str()
}

fn problem(b: &mut Bencher) {
    let mut number = 0;
    b.iter(|| {
        number += 1;
        let name: &'static str = Box::leak(name(number));
        name
    });
}

fn solution(b: &mut Bencher) {
    let mut number = 0;
    b.iter(|| {
        number += 1;
        Arc::<str>::from(name(number))
    });
}
