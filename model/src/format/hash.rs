/// The first seven characters of a commit's hash, by which people name it.
pub fn abbreviated(sha: &str) -> String {
    sha.chars().take(7).collect()
}
