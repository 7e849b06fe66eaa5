//! Names made `'static` for each request, beside names that are shared while they are needed.

use std::hint::black_box;
use std::sync::Arc;

use heapmark::Bencher;

heapmark::question! {
    "give a request a name";

    /// An interface asks for `&'static str`, and `Box::leak` makes one of each new name.
    problem, growth == leak: retained >= PREFIX;

    /// The interface takes `Arc<str>`, and the last who needs the name frees it.
    solution, growth == steady: retained == 0;
}

/// Bytes of a name at least.
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
