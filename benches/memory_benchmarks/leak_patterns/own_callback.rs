//! A widget whose callback owns the widget, compared with a callback that has a weak pointer to it.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use heapmark::Bencher;

heapmark::question! {
    "let a callback change its widget";

    /// The closure holds an `Rc` of the widget, and the widget holds the closure.
    problem, growth == leak: allocs == 2, frees == 0;

    /// The closure holds a `Weak`, which it upgrades when it runs.
    solution, growth == steady: allocs == 2, frees == 2, retained == 0;
}

#[derive(Default)]
struct Widget {
    clicks: u64,
    on_click: Option<Box<dyn Fn()>>,
}

fn problem(b: &mut Bencher) {
    b.iter(|| {
        let widget = Rc::new(RefCell::new(Widget::default()));
        let same = Rc::clone(&widget);
        let on_click = move || same.borrow_mut().clicks += black_box(1);
        widget.borrow_mut().on_click = Some(Box::new(on_click));
    });
}

fn solution(b: &mut Bencher) {
    b.iter(|| {
        let widget = Rc::new(RefCell::new(Widget::default()));
        let same = Rc::downgrade(&widget);
        let on_click = move || {
            if let Some(widget) = same.upgrade() {
                widget.borrow_mut().clicks += black_box(1);
            }
        };
        widget.borrow_mut().on_click = Some(Box::new(on_click));
    });
}
