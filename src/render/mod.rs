//! Turns view-models into pages, charts and data files. Reads neither records nor the store.
