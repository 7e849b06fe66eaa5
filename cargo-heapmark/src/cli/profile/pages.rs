//! Pages of profiles in the site. Each page is rendered once; later reports keep it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::CliError;
use crate::cli::site::{self, SiteArguments};
use crate::event::Silent;
use crate::profile::Kept;
use crate::publish::Folder;
use crate::runner::Workspace;
use crate::store::Store;
use heapmark_site::render;
use heapmark_site::view::profile::{FOLDER, ProfileEntry, ProfilePage};

/// Maximum number of profile pages in a site. The oldest are removed.
const HELD: usize = 30;

/// Adds the page of a profile to a site and returns its file. The site is that of the workspace if
/// the current folder is its root. Otherwise it is a site of profiles below `target/heapmark/`.
///
/// # Errors
///
/// If the site cannot be read or written.
pub fn publish_profile(kept: &Kept) -> Result<PathBuf, CliError> {
    let here = std::env::current_dir()?;
    let workspace = Workspace::find(&here).ok();
    let workspace = workspace.filter(|workspace| workspace.root == here);
    let (results, out, index) = match workspace {
        Some(workspace) => {
            let places = SiteArguments::default().places(&workspace);
            (places.results, places.out, places.index)
        }
        None => {
            let profiles = here.join("target/heapmark/profile");
            (profiles.join("results"), profiles.join("site"), None)
        }
    };
    let page = ProfilePage::new(kept);
    let store = Store::open(results);
    let linked = render::Linked {
        profiles: true,
        ..site::linked(&store, &out)
    };
    let files = render::profile(&page, linked)?;
    let folder = Folder::lock(&out)?;
    let mut past = store.past(index.as_deref())?;
    site::render(&store, &mut past, None, files, &folder, &mut Silent)?;
    Ok(out.join(&page.entry.href))
}

/// The part of a page's data that the list of profiles shows.
#[derive(Deserialize)]
struct Listed {
    entry: ProfileEntry,
}

/// The list entries of the pages in `files`. Removes the oldest pages if there are too many.
pub(in crate::cli) fn listed(files: &mut BTreeMap<String, Vec<u8>>) -> Vec<ProfileEntry> {
    let models = files.iter().filter(|(path, _)| {
        path.starts_with(FOLDER) && Path::new(path).extension().is_some_and(|end| end == "json")
    });
    let entries = models.filter_map(|(path, model)| {
        let Listed { entry } = serde_json::from_slice(model).ok()?;
        // The data is read from a file: it must not make the list link to another place.
        let is_beside = entry.href.strip_suffix(".html") == path.strip_suffix(".json");
        (is_beside && files.contains_key(&entry.href)).then_some(entry)
    });
    let mut entries: Vec<ProfileEntry> = entries.collect();
    entries.sort_by(|left, right| right.measured_at.cmp(&left.measured_at));
    for old in entries.drain(entries.len().min(HELD)..) {
        files.remove(&old.href);
        files.remove(&old.href.replace(".html", ".json"));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::{HELD, listed};
    use std::collections::BTreeMap;

    fn page(files: &mut BTreeMap<String, Vec<u8>>, id: &str, href: &str, when: usize) {
        let model = serde_json::json!({"entry": {
            "href": href, "tool": "dhat", "server": "s", "measured": "", "leaks": false,
            "measured_at": format!("{when:04}"), "sentence": "",
        }});
        files.insert(format!("profile/{id}.html"), Vec::new());
        files.insert(format!("profile/{id}.json"), model.to_string().into_bytes());
    }

    #[test]
    fn the_newest_pages_are_listed_and_the_oldest_leave_the_site() {
        let mut files = BTreeMap::from([("compare/a..b.json".to_owned(), Vec::new())]);
        for number in 0..HELD + 5 {
            let id = format!("dhat-{number}");
            page(&mut files, &id, &format!("profile/{id}.html"), number);
        }
        let entries = listed(&mut files);
        assert_eq!((entries.len(), files.len()), (HELD, 2 * HELD + 1));
        assert_eq!(entries[0].measured_at, format!("{:04}", HELD + 4));
        assert!(!files.contains_key("profile/dhat-4.html"));
    }

    #[test]
    fn a_model_cannot_make_the_list_lead_elsewhere() {
        let mut files = BTreeMap::new();
        page(&mut files, "a", "../elsewhere.html", 1);
        page(&mut files, "b", "javascript:alert(1)", 2);
        assert!(listed(&mut files).is_empty());
    }
}
