//! Begins and ends an extra measurement: reads the provenance first, and stores the record last.

use anyhow::Result;
use cargo_heapmark::runner::{Environment, Target, Workspace};
use cargo_heapmark::store::{ExtraMeasurement, Store};
use heapmark_model::record::Provenance;

use crate::processes::say;

pub(crate) struct Measurement {
    pub(crate) workspace: Workspace,
    /// The bench target that is measured.
    pub(crate) target: Target,
    pub(crate) environment: Environment,
    pub(crate) provenance: Provenance,
    store: Store,
}

impl Measurement {
    /// Fails before anything is measured if the record could not be stored.
    pub(crate) fn begin(bench: &str) -> Result<Self> {
        let workspace = Workspace::find(&std::env::current_dir()?)?;
        let results = workspace.root.join("results");
        let target = workspace.bench(bench, Some("heapmark"))?;
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

    /// Stores the record and prints its path.
    pub(crate) fn save<T: ExtraMeasurement>(&self, record: &T) -> Result<()> {
        let path = self.store.save_extra(record)?;
        say("Stored", &path.display().to_string())?;
        Ok(())
    }
}
