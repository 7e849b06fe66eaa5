//! Short forms of commit hashes.

/// The first seven characters of a commit's hash.
pub fn abbreviated(sha: &str) -> String {
    sha.chars().take(7).collect()
}
