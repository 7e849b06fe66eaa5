//! What happens during a run, as values; nothing prints while it computes.
