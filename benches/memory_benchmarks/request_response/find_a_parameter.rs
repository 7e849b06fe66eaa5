//! A path is matched against the routes of a small service.

use std::collections::HashMap;
use std::hint::black_box;

use heapmark::Bencher;
use matchit::Router;

heapmark::question! {
    "find the id in a path";

    /// matchit stores up to four parameters inline, as slices of the path.
    matchit as "matchit": allocs == 0, bytes == 0, retained == 0;
    /// Splitting by hand returns a slice of the path.
    split as "str::split": allocs == 0, bytes == 0, retained == 0;
    /// Collecting the parts first allocates a vector.
    collected as "split().collect::<Vec<_>>()": allocs == 1, retained == 0;
    /// A map of owned parameters takes two blocks and a table.
    map as "HashMap<String, String>": allocs == 3, retained == 0;
}

const PATH: &str = "/users/4711/posts";

fn matchit(b: &mut Bencher) {
    let mut router = Router::new();
    for (number, route) in ["/", "/users", "/users/{id}", "/users/{id}/posts", "/health"]
        .into_iter()
        .enumerate()
    {
        // The routes differ, so none is rejected.
        drop(router.insert(route, number));
    }
    let id = |path| {
        router
            .at(path)
            .ok()
            .and_then(|found| found.params.get("id").map(str::len))
    };
    assert_eq!(id(PATH), Some(4));
    b.iter(|| id(black_box(PATH)));
}

fn by_hand(path: &str) -> Option<&str> {
    let mut parts = path.split('/').skip(1);
    (parts.next()? == "users").then(|| parts.next())?
}

fn split(b: &mut Bencher) {
    assert_eq!(by_hand(PATH), Some("4711"));
    b.iter(|| by_hand(black_box(PATH)));
}

fn collected(b: &mut Bencher) {
    let id = |path: &'static str| {
        let parts: Vec<&str> = path.split('/').collect();
        parts.get(2).copied()
    };
    assert_eq!(id(PATH), Some("4711"));
    b.iter(|| id(black_box(PATH)));
}

fn map(b: &mut Bencher) {
    let parameters = |path: &'static str| -> HashMap<String, String> {
        let id = by_hand(path).map(|id| ("id".to_owned(), id.to_owned()));
        id.into_iter().collect()
    };
    assert_eq!(parameters(PATH)["id"], "4711");
    b.iter(|| parameters(black_box(PATH)));
}
