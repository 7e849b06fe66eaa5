//! Clean programs, judged in the same process as other tests, and each in its own process.

use std::collections::{HashMap, VecDeque};
use std::hint::black_box;
use std::sync::mpsc;
use std::thread;

use heapmark::leak::Detector;
use heapmark::leak_test;
use rayon::prelude::*;

use crate::busy::RUNTIME;
use crate::look_twice;

/// A detector for slow steps, which wake another thread.
fn few() -> Detector {
    Detector::new().max_steps(2_000)
}

fn push_and_pop(list: &mut Vec<String>) {
    list.push(String::from("one in"));
    list.pop();
}

fn remember_some(entries: &mut VecDeque<Box<u64>>) {
    if entries.len() == 100 {
        entries.pop_front();
    }
    entries.push_back(Box::new(1));
}

fn sum_in_parallel(list: &mut Vec<u64>) -> u64 {
    list.par_iter().map(|one| *black_box(Box::new(*one))).sum()
}

fn hundred() -> Vec<u64> {
    (0..100).collect()
}

fn spawn_a_task(runtime: &tokio::runtime::Runtime) -> usize {
    let task = runtime.spawn(async { vec![1_u8; 40].len() });
    runtime.block_on(task).unwrap()
}

fn start_a_thread(count: &mut u64) {
    *count += 1;
    if count.is_multiple_of(20) {
        thread::spawn(|| vec![1_u8; 100].len()).join().unwrap();
    }
}

mod bare {
    use super::*;

    #[test]
    #[ignore = "runs only in a round of the crowd test"]
    fn a_list() {
        look_twice(&Detector::new(), Vec::new, push_and_pop);
    }

    #[test]
    #[ignore = "runs only in a round of the crowd test"]
    fn a_cache() {
        look_twice(&Detector::new(), VecDeque::new, remember_some);
    }

    #[test]
    #[ignore = "runs only in a round of the crowd test"]
    fn work_on_the_pool() {
        look_twice(&few(), hundred, sum_in_parallel);
    }

    #[test]
    #[ignore = "runs only in a round of the crowd test"]
    fn work_on_the_runtime() {
        look_twice(&few(), || (), |()| spawn_a_task(&RUNTIME));
    }

    #[test]
    #[ignore = "runs only in a round of the crowd test"]
    fn threads() {
        look_twice(&few(), || 0, start_a_thread);
    }
}

fn pool() -> rayon::ThreadPool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3);
    pool.build().unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().unwrap()
}

/// Starts a thread that receives and frees boxes.
fn consumer() -> mpsc::SyncSender<Box<u64>> {
    let (send, receive) = mpsc::sync_channel::<Box<u64>>(16);
    thread::spawn(move || receive.into_iter().map(|one| *one).sum::<u64>());
    send
}

mod own {
    use super::*;

    leak_test! {
        #[ignore = "runs only in a round of the crowd test"]
        fn a_list(Vec::new, push_and_pop);

        #[ignore = "runs only in a round of the crowd test"]
        fn a_cache(VecDeque::new, remember_some);

        #[ignore = "runs only in a round of the crowd test"]
        fn work_on_the_global_pool(few() => hundred, sum_in_parallel);

        #[ignore = "runs only in a round of the crowd test"]
        fn work_on_a_pool(few() => || (pool(), hundred()), |(pool, list): &mut (rayon::ThreadPool, Vec<u64>)| {
            pool.install(|| sum_in_parallel(list))
        });

        #[ignore = "runs only in a round of the crowd test"]
        fn a_pool_that_is_idle(|| (pool(), Vec::new()), |(_, list): &mut (rayon::ThreadPool, Vec<String>)| {
            push_and_pop(list);
        });

        #[ignore = "runs only in a round of the crowd test"]
        fn work_on_a_runtime(few() => runtime, |runtime: &mut tokio::runtime::Runtime| spawn_a_task(runtime));

        #[ignore = "runs only in a round of the crowd test"]
        async fn a_task_of_an_async_step(few() => || (), async |(): &mut ()| {
            tokio::spawn(async { vec![1_u8; 40].len() }).await.unwrap()
        });

        #[ignore = "runs only in a round of the crowd test"]
        fn threads(few() => || 0, start_a_thread);

        #[ignore = "runs only in a round of the crowd test"]
        fn a_queue(few() => consumer, |send: &mut mpsc::SyncSender<Box<u64>>| {
            send.send(Box::new(1)).unwrap();
        });

        #[ignore = "runs only in a round of the crowd test"]
        fn a_map(HashMap::new, |map: &mut HashMap<u64, Box<u64>>| {
            let key = map.len() as u64 % 64;
            map.insert(key, Box::new(key));
            map.remove(&(key / 2));
        });
    }
}
