//! Acknowledgements, one line each.

use heapmark_model::analysis::{Acknowledgement, Acknowledgements};
use heapmark_model::format::visible;

/// One line each: first those that match a change, then the unused ones.
pub fn lines(acknowledgements: &Acknowledgements) -> Vec<String> {
    let used = acknowledgements.used.iter();
    let used = used.map(|ack| format!("acknowledged: {}", sentence(ack)));
    let unused = acknowledgements.unused.iter();
    let unused = unused.map(|ack| format!("acknowledgement not used: {}", sentence(ack)));
    used.chain(unused).collect()
}

fn sentence(ack: &Acknowledgement) -> String {
    format!(
        "{} {} by {}: {} ({})",
        visible(&ack.case),
        ack.metric.key(),
        visible(&ack.commit),
        visible(&ack.reason),
        visible(&ack.who)
    )
}
