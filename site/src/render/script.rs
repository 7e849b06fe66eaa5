//! The script of all pages: its parts in order of dependency, without comments. Also the hash by
//! which a page's policy allows its inline script.
//!
//! Pages are complete without the script. Controls that need the script are created by it.

use sha2::{Digest, Sha256};

use super::lean;

/// The inline script of each page, which sets the theme before the first paint.
pub(super) const FIRST_PAINT: &str = include_str!("../../assets/first_paint.js");

const PARTS: [&str; 10] = [
    include_str!("../../assets/script/page.js"),
    include_str!("../../assets/script/address.js"),
    include_str!("../../assets/script/theme.js"),
    include_str!("../../assets/script/sort.js"),
    include_str!("../../assets/script/filter.js"),
    include_str!("../../assets/script/head.js"),
    include_str!("../../assets/script/records.js"),
    include_str!("../../assets/script/chart.js"),
    include_str!("../../assets/script/copy.js"),
    include_str!("../../assets/script/age.js"),
];

/// All parts in one function scope.
pub(super) fn whole() -> String {
    format!("'use strict';(() => {{\n{}}})();\n", lean(&PARTS.concat()))
}

/// The hash of `script` as a source in a content security policy.
pub(super) fn policy_hash(script: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(script)))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            let digit = if place <= chunk.len() {
                char::from(digit)
            } else {
                '='
            };
            text.push(digit);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_script_is_that_of_browsers() {
        // `printf 'alert(1)' | openssl dgst -sha256 -binary | base64`
        let expected = "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=";
        assert_eq!(policy_hash("alert(1)"), expected);
    }

    #[test]
    fn base64_pads_the_last_four_digits() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"M"), "TQ==");
        assert_eq!(base64(b"Ma"), "TWE=");
        assert_eq!(base64(b"Man"), "TWFu");
    }

    #[test]
    fn the_parts_share_one_scope_and_define_one_global_name() {
        let script = whole();
        assert!(script.starts_with("'use strict';(() => {\n") && script.ends_with("})();\n"));
        assert_eq!(script.matches("window.").count(), 1);
        assert!(script.contains("window.heapmark = "));
    }
}
