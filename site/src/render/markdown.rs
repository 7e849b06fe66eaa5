//! Converts the project's Markdown to HTML.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};

/// `text` as HTML. Links to other files of the repository become plain text, because the site does
/// not have these files. Lines that documentation tests hide are omitted, and HTML is escaped.
pub(super) fn markdown(text: &str) -> String {
    let mut is_code = false;
    let mut links = Vec::new();
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Start(Tag::CodeBlock(_)) => {
            is_code = true;
            Some(Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)))
        }
        Event::End(TagEnd::CodeBlock) => {
            is_code = false;
            Some(event)
        }
        Event::Text(code) if is_code => Some(Event::Text(shown(&code).into())),
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            let is_here = dest_url.starts_with('#');
            links.push(is_here);
            is_here.then_some(event)
        }
        Event::End(TagEnd::Link) => links.pop().unwrap_or(false).then_some(event),
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        event => Some(event),
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    page
}

/// The lines of a snippet that a reader sees.
fn shown(code: &str) -> String {
    let is_hidden = |line: &&str| line.trim_end() == "#" || line.starts_with("# ");
    let lines = code.split_inclusive('\n').filter(|line| !is_hidden(line));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn a_snippet_is_shown_without_its_hidden_lines() {
        let text = "```rust,standalone_crate\n# use hidden;\nlet a = 1 < 2;\n#\n#[test]\n```\n";
        let html = markdown(text);
        assert_eq!(
            html,
            "<pre><code>let a = 1 &lt; 2;\n#[test]\n</code></pre>\n"
        );
    }

    #[test]
    fn only_anchors_of_the_page_are_linked_and_html_is_text() {
        let html = markdown("[here](#a), [there](b.md), `c`, <script>d</script>");
        assert_eq!(
            html,
            "<p><a href=\"#a\">here</a>, there, <code>c</code>, &lt;script&gt;d&lt;/script&gt;</p>\n"
        );
    }
}
