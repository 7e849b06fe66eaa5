//! Renders pages from templates, each with its model as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera};

use super::markdown::markdown;
use super::{File, Linked, RenderError, chart, icon, json, script, svg};
use crate::view;

/// The templates by name.
const TEMPLATES: [(&str, &str); 14] = [
    ("base.html", include_str!("../../templates/base.html")),
    (
        "components.html",
        include_str!("../../templates/components.html"),
    ),
    ("index.html", include_str!("../../templates/index.html")),
    ("group.html", include_str!("../../templates/group.html")),
    ("compare.html", include_str!("../../templates/compare.html")),
    ("case.html", include_str!("../../templates/case.html")),
    ("about.html", include_str!("../../templates/about.html")),
    ("leaks.html", include_str!("../../templates/leaks.html")),
    ("heat.html", include_str!("../../templates/heat.html")),
    (
        "toolchains.html",
        include_str!("../../templates/toolchains.html"),
    ),
    ("profile.html", include_str!("../../templates/profile.html")),
    (
        "profiles.html",
        include_str!("../../templates/profiles.html"),
    ),
    ("guide.html", include_str!("../../templates/guide.html")),
    ("404.html", include_str!("../../templates/404.html")),
];

/// A page that has only the frame.
#[derive(Serialize)]
struct Alone<'a> {
    page: &'a view::Page,
}

/// The state that all pages share.
pub(super) struct Pages {
    templates: Tera,
    icon: String,
    /// The hash by which the pages' policy allows the inline script.
    first_paint_hash: String,
    linked: Linked,
}

impl Pages {
    pub(super) fn new(linked: Linked) -> Result<Self, RenderError> {
        let mut templates = Tera::default();
        templates.register_filter("prose", |text: &str, _: Kwargs, _: &State<'_>| prose(text));
        templates.register_filter("breakable", |name: &str, _: Kwargs, _: &State<'_>| {
            breakable(name)
        });
        templates.register_filter("markdown", |text: &str, _: Kwargs, _: &State<'_>| {
            markdown(text)
        });
        templates
            .add_raw_templates(TEMPLATES)
            .map_err(|source| failure("the templates", source))?;
        Ok(Self {
            templates,
            icon: icon::address(),
            first_paint_hash: script::policy_hash(script::FIRST_PAINT.trim_end()),
            linked,
        })
    }

    pub(super) fn index(&self, index: &view::Index) -> Result<Vec<File>, RenderError> {
        let lines = sparklines(&index.sections);
        self.make("index.html", &index.page, index, lines)
    }

    pub(super) fn group(&self, group: &view::GroupPage) -> Result<Vec<File>, RenderError> {
        self.make("group.html", &group.page, group, timelines(&group.sections))
    }

    pub(super) fn case(&self, case: &view::CasePage) -> Result<Vec<File>, RenderError> {
        self.make("case.html", &case.page, case, drawings(case))
    }

    pub(super) fn comparison(
        &self,
        comparison: &view::comparison::ComparePage,
    ) -> Result<Vec<File>, RenderError> {
        let mut drawings = Context::new();
        let forest = comparison.forest.as_ref().map(chart::forest);
        drawings.insert("forest_drawings", &forest.unwrap_or_default());
        self.make("compare.html", &comparison.page, comparison, drawings)
    }

    pub(super) fn profile(
        &self,
        profile: &view::profile::ProfilePage,
    ) -> Result<Vec<File>, RenderError> {
        let mut drawings = Context::new();
        let timeline = profile.timeline.as_ref().map(chart::live_over_time);
        drawings.insert("timeline_drawing", &timeline);
        let icicles: Vec<String> = profile.icicles.iter().map(chart::icicle).collect();
        drawings.insert("icicle_drawings", &icicles);
        self.make("profile.html", &profile.page, profile, drawings)
    }

    /// All pages except the front page and those of groups and cases.
    pub(super) fn frame(&self, site: &view::Site) -> Result<Vec<File>, RenderError> {
        let about = &site.about;
        let mut files = self.make("about.html", &about.page, about, Context::new())?;
        let leaks = &site.leaks;
        let paired = leaks.pairs.iter().flat_map(|pair| &pair.cases);
        let all = growths(paired.chain(&leaks.found));
        files.extend(self.make("leaks.html", &leaks.page, leaks, all)?);
        if let Some(guide) = &site.guide {
            let all = growths(guide.sections.iter().flat_map(|section| &section.cases));
            files.extend(self.make("guide.html", &guide.page, guide, all)?);
        }
        for page in site.allocators.iter().chain(&site.contention) {
            files.extend(self.make("heat.html", &page.page, page, scalings(page))?);
        }
        if let Some(toolchains) = &site.toolchains {
            let page = &toolchains.page;
            files.extend(self.make("toolchains.html", page, toolchains, Context::new())?);
        }
        if let Some(list) = &site.profiles {
            files.extend(self.make("profiles.html", &list.page, list, Context::new())?);
        }
        let missing = Alone {
            page: &site.missing,
        };
        files.extend(self.make("404.html", &site.missing, &missing, Context::new())?);
        Ok(files)
    }

    /// The page and its model.
    fn make<T: Serialize>(
        &self,
        template: &str,
        page: &view::Page,
        model: &T,
        drawings: Context,
    ) -> Result<Vec<File>, RenderError> {
        let failed = |source| failure(&page.path, source);
        let mut context = Context::from_serialize(model).map_err(failed)?;
        context.extend(drawings);
        context.insert("has_allocators", &self.linked.allocators);
        context.insert("has_contention", &self.linked.contention);
        context.insert("icon", &self.icon);
        context.insert("has_profiles", &self.linked.profiles);
        context.insert("first_paint", script::FIRST_PAINT.trim_end());
        context.insert("first_paint_hash", &self.first_paint_hash);
        let html = self.templates.render(template, &context).map_err(failed)?;
        let json = json::bytes(&page.path, model)?;
        Ok(vec![
            (page.path.clone(), html.into_bytes()),
            (page.json.clone(), json),
        ])
    }
}

/// The charts of a case, drawn.
fn drawings(case: &view::CasePage) -> Context {
    let mut context = Context::new();
    context.insert(
        "timeline_drawing",
        &case.timeline.as_ref().map(chart::timeline),
    );
    context.insert("class_drawing", &case.classes.as_ref().map(chart::classes));
    let timing = case.timing.as_ref();
    context.insert(
        "launch_drawing",
        &timing.map(|timing| chart::launches(&timing.chart)),
    );
    let history: Vec<String> = case.history.iter().map(chart::steps).collect();
    context.insert("history_drawings", &history);
    context.insert("time_drawing", &case.time_history.as_ref().map(chart::time));
    context
}

/// The growth charts, by the id of their case.
fn growths<'a>(cases: impl Iterator<Item = &'a view::GrowingCase>) -> Context {
    let drawings: BTreeMap<&str, String> = cases
        .map(|case| (case.id.as_str(), chart::growth(&case.chart)))
        .collect();
    let mut context = Context::new();
    context.insert("drawings", &drawings);
    context
}

/// The sparklines of a table, by the id of their case.
fn sparklines(sections: &[view::Section]) -> Context {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let lines: BTreeMap<&str, String> = rows
        .filter_map(|row| Some((row.id.as_str(), chart::sparkline(row.trend.as_ref()?))))
        .collect();
    let mut context = Context::new();
    context.insert("sparklines", &lines);
    context
}

/// The timelines of a group by the id of their case, and the scaling chart of each question.
fn timelines(sections: &[view::Section]) -> Context {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let timelines: BTreeMap<&str, String> = rows
        .filter_map(|row| Some((row.id.as_str(), chart::thumbnail(row.timeline.as_ref()?))))
        .collect();
    let scaling = sections.iter().map(|section| section.scaling.as_ref());
    let scaling: Vec<Option<String>> = scaling.map(|chart| chart.map(chart::scaling)).collect();
    let mut context = Context::new();
    context.insert("timelines", &timelines);
    context.insert("scaling_drawings", &scaling);
    context
}

/// The scaling chart of each table of a page, if it has one.
fn scalings(page: &view::HeatPage) -> Context {
    let charts = page.tables.iter().map(|table| table.scaling.as_ref());
    let drawings: Vec<Option<String>> = charts.map(|chart| chart.map(chart::scaling)).collect();
    let mut context = Context::new();
    context.insert("drawings", &drawings);
    context
}

/// `text` as HTML; text between two backticks is code.
fn prose(text: &str) -> String {
    let safe = svg::escape(text);
    let mut parts = safe.split('`').peekable();
    let mut html = String::with_capacity(safe.len());
    let mut is_code = false;
    while let Some(part) = parts.next() {
        match (is_code, parts.peek()) {
            (true, Some(_)) => html.push_str(&format!("<code>{part}</code>")),
            // A single backtick stays a backtick.
            (true, None) => html.push_str(&format!("`{part}")),
            (false, _) => html.push_str(part),
        }
        is_code = !is_code;
    }
    html
}

/// Fewest characters between two possible line breaks. Each break is an element, and a table of 200
/// cases has about 800 `_` and `/`.
const UNBROKEN: usize = 12;

/// `name` as HTML with possible line breaks after some `_` and `/`.
fn breakable(name: &str) -> String {
    let mut html = String::with_capacity(name.len());
    let mut pieces = name.split_inclusive(['_', '/']).peekable();
    let mut length = 0;
    while let Some(piece) = pieces.next() {
        html.push_str(&svg::escape(piece));
        length += piece.chars().count();
        let next = pieces.peek().map_or(0, |next| next.chars().count());
        if next > 0 && length + next > UNBROKEN {
            html.push_str("<wbr>");
            length = 0;
        }
    }
    html
}

fn failure(page: &str, source: tera::Error) -> RenderError {
    RenderError::Template {
        page: page.to_owned(),
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use super::{breakable, prose};

    #[test]
    fn code_in_backticks_becomes_code() {
        assert_eq!(prose("`a < b` is code"), "<code>a &lt; b</code> is code");
        assert_eq!(
            prose("run `x` or `y`"),
            "run <code>x</code> or <code>y</code>"
        );
        assert_eq!(prose("a ` alone"), "a ` alone");
        assert_eq!(prose(""), "");
    }

    #[test]
    fn a_name_may_break_where_its_words_end() {
        assert_eq!(breakable("a_b/<c>"), "a_b/&lt;c&gt;");
        assert_eq!(
            breakable("vec_allocations/<push>_no_capacity"),
            "vec_<wbr>allocations/<wbr>&lt;push&gt;_no_<wbr>capacity"
        );
    }
}
