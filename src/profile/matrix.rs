use serde::{Deserialize, Serialize};

use crate::record::Frame;

/// What each tool said of each leak pattern of the example server, under the same requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// The revision that was measured, where it is known.
    pub commit: Option<String>,
    /// Requests that each pattern was given over all rounds, the warm-up left out.
    pub requests: u64,
    /// A row for each tool.
    pub tools: Vec<ToolRow>,
}

/// What one tool said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolRow {
    /// The tool's name, as `cargo xtask profile` takes it.
    pub tool: String,
    /// What it says of its version, where it says so.
    pub version: Option<String>,
    /// A cell for each pattern, in the same order in every row.
    pub cells: Vec<Cell>,
}

/// What one tool said of one pattern. What it does not know is null, never 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// As in `thread-local`, the end of the endpoint's path.
    pub pattern: String,
    /// What the tool's rule makes of it.
    pub verdict: CellVerdict,
    /// Bytes that each request leaves behind.
    pub bytes_per_request: Option<f64>,
    /// Blocks that each request leaves behind.
    pub blocks_per_request: Option<f64>,
    /// The innermost place of the server's own code that the tool names.
    pub callsite: Option<Frame>,
}

/// What a tool's rule makes of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CellVerdict {
    /// It reports a leak.
    #[serde(rename = "leak")]
    Leak,
    /// It reports none, although it could.
    #[serde(rename = "nothing")]
    Nothing,
    /// Its rule cannot see a pattern of this kind.
    #[serde(rename = "cannot see")]
    CannotSee,
    /// The tool is not there, or did not get to an end.
    #[serde(rename = "missing")]
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_written_as_its_readers_know_it() {
        let cell = |verdict, bytes_per_request| Cell {
            pattern: "cycle".to_owned(),
            verdict,
            bytes_per_request,
            blocks_per_request: None,
            callsite: None,
        };
        let matrix = Matrix {
            commit: None,
            requests: 1_260,
            tools: vec![ToolRow {
                tool: "massif".to_owned(),
                version: None,
                cells: vec![
                    cell(CellVerdict::Leak, Some(464.0)),
                    cell(CellVerdict::CannotSee, None),
                ],
            }],
        };
        let written = serde_json::to_value(&matrix).unwrap();
        let cells = &written["tools"][0]["cells"];
        assert_eq!(cells[0]["verdict"], "leak");
        assert_eq!(cells[1]["verdict"], "cannot see");
        assert!(cells[1]["bytes_per_request"].is_null());
        assert_eq!(serde_json::from_value::<Matrix>(written).unwrap(), matrix);
    }
}
