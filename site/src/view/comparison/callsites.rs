//! The call sites that explain a change, one line each.

use heapmark_model::analysis::change::Change;
use heapmark_model::format::{signed_bytes, signed_count, visible};
use heapmark_model::record::{Callsite, Frame};

/// Maximum number of call sites of a case; the JSON contains all of them.
const SHOWN: usize = 8;

/// A line for each call site that explains `change`, as in
/// `+1 alloc +48 B  src/parse.rs:42 parse_header ← src/app.rs:7 handle_request`.
pub fn lines(change: &Change) -> Vec<String> {
    let shown = change.callsites.iter().take(SHOWN);
    let mut lines: Vec<String> = shown.map(line).collect();
    let more = change.callsites.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(format!(
            "and {}",
            heapmark_model::format::plural(more, "more call site")
        ));
    }
    if let Some(reason) = &change.no_callsites {
        lines.push(format!("no call sites: {}", visible(reason)));
    }
    lines
}

fn line(site: &Callsite) -> String {
    let mut parts = Vec::new();
    for (number, one) in [(site.allocs, "alloc"), (site.reallocs, "realloc")] {
        if number != 0 {
            let many = if number.abs() == 1 { "" } else { "s" };
            parts.push(format!("{} {one}{many}", signed_count(number)));
        }
    }
    if site.bytes != 0 {
        parts.push(signed_bytes(site.bytes));
    }
    if site.retained != 0 {
        parts.push(format!("{} retained", signed_bytes(site.retained)));
    }
    format!("{}  {}", parts.join(" "), stack(&site.frames))
}

/// The innermost line of the program's own code, then its caller, because the line of a derive or
/// macro says little, and then the line in the crate. If only the case itself is own code, the line
/// in the crate comes first.
fn stack(frames: &[Frame]) -> String {
    let Some(inner) = frames.first() else {
        return "only std; no frame of another crate was found".to_owned();
    };
    let own: Vec<&Frame> = frames.iter().filter(|frame| frame.is_own()).collect();
    let mut places = match own[..] {
        [] => frames.iter().take(2).map(place).collect(),
        [case] if !inner.is_own() => vec![place(inner), place(case)],
        _ => own.into_iter().take(2).map(place).collect::<Vec<_>>(),
    }
    .join(" ← ");
    if !places.starts_with(&place(inner)) {
        places.push_str(" · in ");
        places.push_str(&place(inner));
    }
    places
}

fn place(frame: &Frame) -> String {
    let (file, function) = (visible(&frame.file), short(frame));
    match frame.line {
        0 => format!("{file} {function}"),
        line => format!("{file}:{line} {function}"),
    }
}

/// The last two names of a function's path.
fn short(frame: &Frame) -> String {
    let path = frame.path();
    let names: Vec<&str> = path.split("::").collect();
    let text = names[names.len().saturating_sub(2)..].join("::");
    visible(if text.is_empty() {
        &frame.function
    } else {
        &text
    })
}

#[cfg(test)]
mod tests {
    use super::line;
    use heapmark_model::record::{Callsite, Frame};

    fn frame(file: &str, line: u32, function: &str) -> Frame {
        Frame {
            function: function.to_owned(),
            file: file.to_owned(),
            line,
        }
    }

    fn site(frames: Vec<Frame>) -> Callsite {
        Callsite {
            allocs: 1,
            bytes: 48,
            frames,
            ..Callsite::default()
        }
    }

    #[test]
    fn own_code_comes_first_and_the_called_crate_last() {
        let header = frame("src/parse.rs", 42, "app::parse_header");
        let request = frame("src/app.rs", 7, "app::handle_request::{{closure}}");
        let own = site(vec![header.clone(), request.clone()]);
        assert_eq!(
            line(&own),
            "+1 alloc +48 B  src/parse.rs:42 app::parse_header ← src/app.rs:7 app::handle_request"
        );
        let map = frame("http-1.2.0/src/map.rs", 9, "http::map::HeaderMap<T>::grow");
        let through = site(vec![map.clone(), header, request.clone()]);
        assert_eq!(
            line(&through),
            "+1 alloc +48 B  src/parse.rs:42 app::parse_header ← src/app.rs:7 app::handle_request \
             · in http-1.2.0/src/map.rs:9 HeaderMap::grow"
        );
        // If only the case is own code, the crate comes first.
        assert_eq!(
            line(&site(vec![map, request])),
            "+1 alloc +48 B  http-1.2.0/src/map.rs:9 HeaderMap::grow ← src/app.rs:7 app::handle_request"
        );
    }

    #[test]
    fn a_removed_allocation_has_a_minus_sign() {
        let gone = Callsite {
            allocs: -2,
            retained: -16,
            frames: vec![frame("src/a.rs", 1, "f")],
            ..Callsite::default()
        };
        assert_eq!(line(&gone), "−2 allocs −16 B retained  src/a.rs:1 f");
        let nowhere = site(vec![frame("src/a.rs", 0, "f")]);
        assert_eq!(line(&nowhere), "+1 alloc +48 B  src/a.rs f");
    }
}
