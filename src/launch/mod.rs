//! Starts a worker process for one request and reads its answers, within a deadline.
