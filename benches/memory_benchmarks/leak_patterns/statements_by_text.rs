//! Prepared statements whose text contains the value, compared with statements with a placeholder.

use std::collections::HashMap;
use std::hint::black_box;

use heapmark::Bencher;

heapmark::question! {
    "prepare a statement once";

    /// The text contains the value, so each text is new and no statement is reused.
    problem, growth == leak: retained >= PLAN;

    /// The text has a placeholder for the value, and one plan serves all values.
    solution, growth == steady: retained == 0;
}

/// Size of a prepared plan in bytes.
const PLAN: usize = 128;

/// Capacity for statements, so that the table does not grow in the first iterations.
const ROOM: usize = 64;

#[derive(Default)]
struct Statements(HashMap<String, Vec<u8>>);

impl Statements {
    fn with_room() -> Self {
        Self(HashMap::with_capacity(ROOM))
    }

    fn plan(&mut self, text: String) -> usize {
        let plan = self.0.entry(text);
        plan.or_insert_with(|| vec![0; black_box(PLAN)]).len()
    }
}

fn problem(b: &mut Bencher) {
    let mut statements = Statements::with_room();
    let mut user = 0_u64;
    b.iter(|| {
        user += 1;
        statements.plan(format!("select name from users where id = {user:08}"))
    });
}

fn solution(b: &mut Bencher) {
    let mut statements = Statements::with_room();
    let mut user = 0_u64;
    b.iter(|| {
        user += 1;
        let plan = statements.plan("select name from users where id = ?".to_owned());
        (plan, black_box(user))
    });
}
