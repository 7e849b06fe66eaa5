use crate::analysis::change::Change;
use crate::format::{signed_bytes, signed_count, visible};
use crate::record::{Callsite, Frame};

/// Callsites of a case that are shown; a program finds all of them in the JSON.
const SHOWN: usize = 8;

/// A line for each callsite that explains `change`, as in
/// `+1 alloc +48 B  src/parse.rs:42 parse_header ← handle_request`.
pub(super) fn lines(change: &Change) -> Vec<String> {
    let shown = change.callsites.iter().take(SHOWN);
    let mut lines: Vec<String> = shown.map(line).collect();
    let more = change.callsites.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(format!(
            "and {}",
            crate::format::plural(more, "more callsite")
        ));
    }
    if let Some(reason) = &change.no_callsites {
        lines.push(format!("no callsites: {}", visible(reason)));
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

/// The place in the reader's own code first, with the crate it calls behind it; where that is only
/// the case itself, the crate's place comes first.
fn stack(frames: &[Frame]) -> String {
    let own = frames.iter().position(is_own);
    match (frames, own) {
        ([], _) => "in std alone; no frame of another crate was found".to_owned(),
        ([only], _) => place(only),
        (frames, Some(own)) if own > 0 && own + 1 < frames.len() => {
            let caller = short(&frames[own + 1].function);
            let inner = place(&frames[0]);
            format!("{} ← {caller} · in {inner}", place(&frames[own]))
        }
        (frames, Some(own)) if own > 0 => {
            format!("{} ← {}", place(&frames[0]), place(&frames[own]))
        }
        (frames, _) => format!("{} ← {}", place(&frames[0]), short(&frames[1].function)),
    }
}

/// Whether the frame is of the workspace, whose files are named from its root: those of crates
/// begin with name and version.
fn is_own(frame: &Frame) -> bool {
    let folder = frame.file.split('/').next().unwrap_or_default();
    let version = folder.rsplit_once('-').map_or("", |(_, version)| version);
    !frame.file.starts_with('/') && !version.starts_with(|c: char| c.is_ascii_digit())
}

fn place(frame: &Frame) -> String {
    let (file, function) = (visible(&frame.file), short(&frame.function));
    format!("{file}:{} {function}", frame.line)
}

/// The last two names of a path, closures aside.
fn short(function: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for character in function.replace("{{closure}}", "").chars() {
        match character {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    let is_name = |name: &&str| !name.is_empty() && !name.starts_with('{');
    let names: Vec<&str> = plain.split("::").filter(is_name).collect();
    let last = names.len().saturating_sub(2);
    let text = names[last..].join("::");
    visible(if text.is_empty() { function } else { &text })
}

#[cfg(test)]
mod tests {
    use super::line;
    use crate::record::{Callsite, Frame};

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
    fn own_code_comes_first_and_the_crate_that_it_calls_behind_it() {
        let header = frame("src/parse.rs", 42, "app::parse_header");
        let request = frame("src/app.rs", 7, "app::handle_request::{{closure}}");
        let own = site(vec![header.clone(), request.clone()]);
        assert_eq!(
            line(&own),
            "+1 alloc +48 B  src/parse.rs:42 app::parse_header ← app::handle_request"
        );
        let map = frame("http-1.2.0/src/map.rs", 9, "http::map::HeaderMap<T>::grow");
        let through = site(vec![map.clone(), header, request.clone()]);
        assert!(
            line(&through)
                .ends_with("← app::handle_request · in http-1.2.0/src/map.rs:9 HeaderMap::grow")
        );
        // The case alone is no news: the crate is.
        assert!(line(&site(vec![map, request])).contains("  http-1.2.0/src/map.rs:9"));
    }

    #[test]
    fn what_has_gone_says_so() {
        let gone = Callsite {
            allocs: -2,
            retained: -16,
            frames: vec![frame("src/a.rs", 1, "f")],
            ..Callsite::default()
        };
        assert_eq!(line(&gone), "−2 allocs −16 B retained  src/a.rs:1 f");
    }
}
