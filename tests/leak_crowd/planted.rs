//! Leaks, each judged in its own process.

use std::hint::black_box;

use heapmark::leak::Detector;
use heapmark::leak_test;

fn leak() {
    std::mem::forget(black_box(Box::new([1_u8; 48])));
}

leak_test! {
    #[ignore = "runs only in a round of the crowd test"]
    #[should_panic(expected = "     LEAKS  ")]
    fn on_a_rayon_pool(
        Detector::new().max_steps(2_000) => || 0_u64,
        |count: &mut u64| {
            *count += 1;
            rayon::join(
                || if count.is_multiple_of(4) { leak() },
                || drop(black_box(Box::new(1))),
            );
        },
    );

    #[ignore = "runs only in a round of the crowd test"]
    #[should_panic(expected = "     LEAKS  ")]
    async fn in_a_task(
        Detector::new().max_steps(2_000) => || 0_u64,
        async |count: &mut u64| {
            *count += 1;
            let leaks = count.is_multiple_of(4);
            tokio::spawn(async move { if leaks { leak() } }).await.unwrap();
        },
    );
}
