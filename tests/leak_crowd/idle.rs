//! Detections while thread pools are idle that were just made: their threads allocate for the
//! first time during the steps.

use heapmark::leak::Detector;

use crate::look_twice;

#[test]
#[ignore = "runs only in a round of the crowd test"]
fn next_to_idle_pools() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8);
    let pool = pool.build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(8)
        .enable_all()
        .build()
        .unwrap();
    for _ in 0..2 {
        look_twice(&Detector::new(), Vec::new, |list: &mut Vec<Box<u64>>| {
            list.push(Box::new(1));
            list.pop()
        });
    }
    drop((pool, runtime));
}
