//! Turns events and view-models into text on a writer.
