//! `serve`: serves the rendered site on 127.0.0.1.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use super::site::SiteArguments;
use super::{CliError, End};
use crate::runner::Workspace;
use crate::serve::Server;

/// Flags of `serve`.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeArguments {
    /// Port on 127.0.0.1; 0 chooses a free one.
    #[arg(long, default_value_t = 3030)]
    pub port: u16,
    /// Open the site in the browser.
    #[arg(long)]
    pub open: bool,
    /// Folder of the site [default: the one that `cargo heapmark site` writes].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

pub(super) fn serve(arguments: &ServeArguments, stop: &AtomicBool) -> Result<End, CliError> {
    let out = match &arguments.out {
        Some(out) => out.clone(),
        None => {
            let workspace = Workspace::find(&std::env::current_dir()?)?;
            SiteArguments::default().places(&workspace).out
        }
    };
    let server = Server::bind(&out, arguments.port)?;
    let address = format!("http://{}/", server.address());
    writeln!(
        io::stdout(),
        "{:>10}  {address} (press ctrl-c to stop)",
        "Serving"
    )?;
    if arguments.open {
        open(&address)?;
    }
    server.run(stop)?;
    Ok(End::fine())
}

/// Opens `address` with the default program of the system.
fn open(address: &str) -> io::Result<()> {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let opened = Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if opened.is_err() {
        writeln!(
            io::stderr(),
            "{:>10}  cannot run `{program}`; open {address} in a browser",
            "Note"
        )?;
    }
    Ok(())
}
