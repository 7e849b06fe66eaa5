//! Decides whether a frame of a profile belongs to the program, a library or a framework.

use super::summary::is_below;
use crate::record::Frame;

/// Whose code a stack frame is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The program's own code.
    Own,
    /// A library that the program calls, by its crate.
    Library(String),
    /// Code that runs the program, by its crate: async runtimes, HTTP servers, std, the system.
    Framework(String),
}

/// Crates that are usually between the start of a server and its own code.
const FRAMEWORKS: [&str; 24] = [
    "axum",
    "axum_core",
    "futures",
    "futures_core",
    "futures_util",
    "h2",
    "http_body",
    "http_body_util",
    "hyper",
    "hyper_util",
    "mio",
    "parking_lot",
    "parking_lot_core",
    "pin_project_lite",
    "rayon",
    "rayon_core",
    "tokio",
    "tokio_util",
    "tower",
    "tower_http",
    "tower_layer",
    "tower_service",
    "tracing",
    "want",
];

/// Whose code `frame` is: by its file, or by its function name if the file does not show it.
pub fn layer(frame: &Frame) -> Layer {
    if is_below(frame) {
        return Layer::Framework("std".to_owned());
    }
    let fetched = crate_of_file(&frame.file);
    let named = crate_of_function(&frame.function);
    match (fetched, named) {
        (Some(name), _) | (None, Some(name)) if FRAMEWORKS.contains(&&*name) => {
            Layer::Framework(name)
        }
        (Some(name), _) => Layer::Library(name),
        (None, _) => Layer::Own,
    }
}

/// The crate of a fetched file, as in `/…/registry/src/…/lru-0.19.0/src/lib.rs`. dhat prints paths
/// that begin with the crate.
fn crate_of_file(file: &str) -> Option<String> {
    let parts: Vec<&str> = file.split('/').collect();
    let place = parts
        .windows(2)
        .position(|pair| pair == ["registry", "src"]);
    // The folder after these two has the name of the registry.
    let folder = parts.get(place.map_or(0, |place| place + 3))?;
    let (name, version) = folder.rsplit_once('-')?;
    let is_version = version.contains('.') && version.starts_with(|c: char| c.is_ascii_digit());
    is_version.then(|| name.replace('-', "_"))
}

/// The crate with which a function's path begins; for `<T as Trait>::f`, that of the trait.
fn crate_of_function(function: &str) -> Option<String> {
    let path = match function.strip_prefix('<') {
        Some(inner) => inner.rsplit_once(" as ").map_or(inner, |(_, of)| of),
        None => function,
    };
    let (name, _) = path.split_once("::")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_name).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Layer, layer};
    use crate::record::Frame;

    fn of(file: &str, function: &str) -> Layer {
        layer(&Frame {
            function: function.to_owned(),
            file: file.to_owned(),
            line: 1,
        })
    }

    #[test]
    fn the_file_of_a_fetched_crate_decides() {
        let tokio = "/home/u/.cargo/registry/src/index-1/tokio-1.54.0/src/runtime.rs";
        assert_eq!(of(tokio, "poll"), Layer::Framework("tokio".to_owned()));
        let own = "tower-http-0.6.1/src/lib.rs";
        assert_eq!(of(own, "call"), Layer::Framework("tower_http".to_owned()));
        let lru = "/r/registry/src/index-1/lru-0.19.0/src/lib.rs";
        assert_eq!(of(lru, "lru::put"), Layer::Library("lru".to_owned()));
    }

    #[test]
    fn the_name_decides_if_a_tool_prints_no_folders() {
        let framework = |name: &str| Layer::Framework(name.to_owned());
        assert_eq!(of("task.rs", "tokio::task::poll"), framework("tokio"));
        let method = "<F as axum::handler::Handler<T>>::call";
        assert_eq!(of("mod.rs", method), framework("axum"));
        assert_eq!(of("a.rs", "core::ptr::drop"), framework("std"));
        let thread = of("./nptl/pthread_create.c", "start_thread");
        assert_eq!(thread, framework("std"));
        assert_eq!(of("src/main.rs", "server::answer"), Layer::Own);
        assert_eq!(of("src/tokio-ish/a.rs", "server::answer"), Layer::Own);
    }
}
