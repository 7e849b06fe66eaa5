//! The parent side: builds the bench target, describes machine and commit, runs every case.
