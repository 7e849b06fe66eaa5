//! What every study of this repository begins and ends with: where it comes from, and its record.

use anyhow::Result;
use cargo_heapmark::runner::{Environment, Target, Workspace};
use cargo_heapmark::store::{Beside, Store};
use heapmark_model::record::Provenance;

use crate::processes::say;

pub(crate) struct Study {
    pub(crate) workspace: Workspace,
    /// The bench target that was named.
    pub(crate) target: Target,
    pub(crate) environment: Environment,
    pub(crate) provenance: Provenance,
    store: Store,
}

impl Study {
    /// Refuses where nothing could be stored, before anything is measured.
    pub(crate) fn begin(bench: &str) -> Result<Self> {
        let workspace = Workspace::find(&std::env::current_dir()?)?;
        let results = workspace.root.join("results");
        let target = workspace.bench(Some(bench), Some("heapmark"))?;
        let environment = Environment::read(&workspace.root, &target.package, &results, None)?;
        let provenance = environment.provenance().map_err(anyhow::Error::msg)?;
        let store = Store::open(results);
        store.check_writable()?;
        Ok(Self {
            workspace,
            target,
            environment,
            provenance,
            store,
        })
    }

    /// Stores the record of it, and says where.
    pub(crate) fn save<T: Beside>(&self, record: &T) -> Result<()> {
        let path = self.store.save_beside(record)?;
        say("Stored", &path.display().to_string())?;
        Ok(())
    }
}
