//! The script of all pages: its parts in the order in which they build on each other, without
//! the comments that only we read; and how a page's policy names a script that stands in it.
//!
//! Pages are whole without it: what needs it is made by it.

use sha2::{Digest, Sha256};

use super::lean;

/// Stands in each page and sets the theme before anything is painted.
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

/// All parts in one scope of their own.
pub(super) fn whole() -> String {
    format!("'use strict';(() => {{\n{}}})();\n", lean(&PARTS.concat()))
}

/// `script` as a source that a content security policy allows.
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
    fn a_policy_names_a_script_as_browsers_do() {
        // `printf 'alert(1)' | openssl dgst -sha256 -binary | base64`
        let expected = "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=";
        assert_eq!(policy_hash("alert(1)"), expected);
    }

    #[test]
    fn base64_fills_up_the_last_four() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"M"), "TQ==");
        assert_eq!(base64(b"Ma"), "TWE=");
        assert_eq!(base64(b"Man"), "TWFu");
    }

    #[test]
    fn the_parts_share_one_scope_and_leave_one_name() {
        let script = whole();
        assert!(script.starts_with("'use strict';(() => {\n") && script.ends_with("})();\n"));
        assert_eq!(script.matches("window.").count(), 1);
        assert!(script.contains("window.heapmark = "));
    }
}
