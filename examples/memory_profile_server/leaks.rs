//! The five leak patterns of a server, each as `/leak/PATTERN` and, without the leak, as
//! `/fixed/PATTERN`. Every leak here is intentional, so that tools can find it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use lru::LruCache;

/// Bytes of a cached value.
const VALUE: usize = 200;
/// The number of entries of the bounded cache.
const BOUND: NonZeroUsize = NonZeroUsize::new(64).expect("64 is above 0");
/// The number of bytes by which each request has more data than the one before.
const STEP: usize = 8;
/// The highest number of bytes of a request, and the capacity that the bounded buffer keeps.
const MOST: usize = 4 << 20;
const KEPT: usize = 4 << 10;

type Handler = dyn Fn() -> usize + Send + Sync;

/// The memory that the patterns leave behind.
pub struct Leaks {
    requests: AtomicUsize,
    cache: Mutex<HashMap<String, Vec<u8>>>,
    bounded: Mutex<LruCache<String, Vec<u8>>>,
    handlers: Mutex<Vec<Box<Handler>>>,
    weak_handlers: Mutex<Vec<Weak<Handler>>>,
    buffer: Mutex<Vec<u8>>,
    shrunk: Mutex<Vec<u8>>,
}

impl Leaks {
    pub fn new() -> Self {
        Self {
            requests: AtomicUsize::new(0),
            cache: Mutex::default(),
            bounded: Mutex::new(LruCache::new(BOUND)),
            handlers: Mutex::default(),
            weak_handlers: Mutex::default(),
            buffer: Mutex::default(),
            shrunk: Mutex::default(),
        }
    }

    /// A number that no other request has.
    fn next(&self) -> usize {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }
}

/// Two nodes that may point at each other.
struct Node {
    next: OnceLock<Next>,
    _weight: [u8; 192],
}

enum Next {
    Strong(#[expect(dead_code, reason = "the strong pointer is the leak")] Arc<Node>),
    Weak(#[expect(dead_code, reason = "the weak pointer is the solution")] Weak<Node>),
}

impl Node {
    fn alone() -> Arc<Self> {
        Arc::new(Self {
            next: OnceLock::new(),
            _weight: [1; 192],
        })
    }
}

thread_local! {
    static KEPT_NAMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static CLEARED_NAMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The ten endpoints.
pub fn routes() -> Router<Arc<Leaks>> {
    Router::new()
        .route("/leak/cache", get(unbounded_cache))
        .route("/fixed/cache", get(bounded_cache))
        .route("/leak/handlers", get(forgotten_handler))
        .route("/fixed/handlers", get(weak_handler))
        .route("/leak/cycle", get(cycle))
        .route("/fixed/cycle", get(weak_cycle))
        .route("/leak/buffer", get(growing_buffer))
        .route("/fixed/buffer", get(shrunk_buffer))
        .route("/leak/thread-local", get(kept_thread_local))
        .route("/fixed/thread-local", get(cleared_thread_local))
}

/// A panic in another thread does not matter: nothing here is left in an inconsistent state.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn unbounded_cache(State(leaks): State<Arc<Leaks>>) -> &'static str {
    let key = format!("user-{}", leaks.next());
    lock(&leaks.cache).insert(key, vec![1; VALUE]);
    "kept forever\n"
}

async fn bounded_cache(State(leaks): State<Arc<Leaks>>) -> &'static str {
    let key = format!("user-{}", leaks.next());
    lock(&leaks.bounded).put(key, vec![1; VALUE]);
    "kept until it is evicted\n"
}

async fn forgotten_handler(State(leaks): State<Arc<Leaks>>) -> &'static str {
    let number = leaks.next();
    lock(&leaks.handlers).push(Box::new(move || number));
    "subscribed forever\n"
}

async fn weak_handler(State(leaks): State<Arc<Leaks>>) -> &'static str {
    let number = leaks.next();
    let handler: Arc<Handler> = Arc::new(move || number);
    let mut handlers = lock(&leaks.weak_handlers);
    handlers.retain(|handler| handler.strong_count() > 0);
    handlers.push(Arc::downgrade(&handler));
    "subscribed for this request\n"
}

async fn cycle() -> &'static str {
    let (first, second) = (Node::alone(), Node::alone());
    let _ = first.next.set(Next::Strong(Arc::clone(&second)));
    let _ = second.next.set(Next::Strong(first));
    "two nodes that keep each other alive\n"
}

async fn weak_cycle() -> &'static str {
    let (first, second) = (Node::alone(), Node::alone());
    let _ = first.next.set(Next::Strong(Arc::clone(&second)));
    let _ = second.next.set(Next::Weak(Arc::downgrade(&first)));
    "two nodes, linked back by a weak pointer\n"
}

async fn growing_buffer(State(leaks): State<Arc<Leaks>>) -> &'static str {
    let bytes = (leaks.next() * STEP).min(MOST);
    let mut buffer = lock(&leaks.buffer);
    buffer.resize(bytes, 1);
    buffer.clear();
    "cleared, capacity kept\n"
}

async fn shrunk_buffer(State(leaks): State<Arc<Leaks>>) -> &'static str {
    let bytes = (leaks.next() * STEP).min(MOST);
    let mut buffer = lock(&leaks.shrunk);
    buffer.resize(bytes, 1);
    buffer.clear();
    buffer.shrink_to(KEPT);
    "cleared, capacity reduced\n"
}

async fn kept_thread_local(State(leaks): State<Arc<Leaks>>) -> &'static str {
    let name = format!("request-{}", leaks.next());
    KEPT_NAMES.with_borrow_mut(|names| names.push(name));
    "kept by the thread\n"
}

async fn cleared_thread_local(State(leaks): State<Arc<Leaks>>) -> &'static str {
    let name = format!("request-{}", leaks.next());
    CLEARED_NAMES.with_borrow_mut(|names| {
        names.push(name);
        names.clear();
    });
    "cleared by the request\n"
}
