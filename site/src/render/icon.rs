//! The icon in the browser's tab. Every page contains it, so that the browser need not request it.

const DRAWING: &str = include_str!("../../assets/icon.svg");

/// The icon as a `data:` address.
pub(super) fn address() -> String {
    let mut address = String::from("data:image/svg+xml,");
    for character in DRAWING.trim_end().chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | ':' | '=' | ';' | '(' | ')' => {
                address.push(character);
            }
            other => {
                for byte in other.to_string().bytes() {
                    address.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_icon_cannot_end_its_attribute() {
        let address = address();
        assert!(address.starts_with("data:image/svg+xml,%3Csvg%20xmlns="));
        assert!(
            !address.contains(['"', '<', '>', '#', '&', ' ', '\n']),
            "{address}"
        );
    }
}
