//! Opens a file as valgrind's `dh_view.js` does, with its checks and those that its sums rely on.

use std::collections::BTreeSet;

use serde_json::Value;

#[derive(Debug)]
pub struct Sums {
    pub lives: bool,
    pub total: u64,
    pub peak: u64,
    pub end: u64,
}

pub fn open(file: &[u8]) -> Result<Sums, String> {
    let file: Value = serde_json::from_slice(file).map_err(|error| error.to_string())?;
    let keys = [
        "dhatFileVersion",
        "mode",
        "verb",
        "bklt",
        "bkacc",
        "tu",
        "Mtu",
        "cmd",
        "pid",
        "te",
        "pps",
        "ftbl",
    ];
    has(&file, &keys)?;
    if file["dhatFileVersion"] != 2 {
        return Err("its version is not 2".to_owned());
    }
    let lives = file["bklt"].as_bool().ok_or("bklt is not a boolean")?;
    let end = file["te"].as_u64().ok_or("te is not a number")?;
    if lives {
        has(&file, &["tg", "tuth"])?;
        if number(&file["tg"])?.is_some_and(|peak| peak > end) {
            return Err("tg is later than te".to_owned());
        }
    }
    let frames = file["ftbl"].as_array().ok_or("ftbl is not a list")?;
    if frames.first() != Some(&"[root]".into()) {
        return Err("the first frame is not [root]".to_owned());
    }
    let texts: BTreeSet<&str> = frames.iter().filter_map(Value::as_str).collect();
    if texts.len() != frames.len() || texts.iter().any(|text| text.contains(char::is_control)) {
        return Err("frames are not different texts of one line each".to_owned());
    }
    let mut sums = Sums {
        lives,
        total: 0,
        peak: 0,
        end: 0,
    };
    let mut seen = BTreeSet::new();
    for point in file["pps"].as_array().ok_or("pps is not a list")? {
        let stack = point["fs"].as_array().ok_or("fs is not a list")?;
        let stack = stack.iter().map(|frame| {
            let frame = frame.as_u64().filter(|frame| *frame > 0);
            frame.filter(|frame| *frame < frames.len() as u64)
        });
        let stack: Option<Vec<u64>> = stack.collect();
        let stack = stack.ok_or("a frame that is not in the table")?;
        if !seen.insert(stack) {
            return Err("data file contains a repeated location".to_owned());
        }
        sums.add(point)?;
    }
    Ok(sums)
}

impl Sums {
    fn add(&mut self, point: &Value) -> Result<(), String> {
        has(point, &["tb", "tbk", "fs"])?;
        let of = |key: &str| number(&point[key]);
        self.total += of("tb")?.unwrap_or_default();
        if !self.lives {
            return Ok(());
        }
        has(point, &["mb", "mbk", "gb", "gbk", "eb", "ebk"])?;
        for (part, whole) in [
            ("mb", "tb"),
            ("mbk", "tbk"),
            ("gb", "tb"),
            ("gbk", "tbk"),
            ("eb", "tb"),
            ("ebk", "tbk"),
        ] {
            if let (Some(part_of), Some(whole_of)) = (of(part)?, of(whole)?)
                && part_of > whole_of
            {
                return Err(format!("{part} is more than {whole}"));
            }
        }
        self.peak += of("gb")?.unwrap_or_default();
        self.end += of("eb")?.unwrap_or_default();
        Ok(())
    }
}

fn has(object: &Value, keys: &[&str]) -> Result<(), String> {
    let missing = keys.iter().find(|key| object.get(**key).is_none());
    missing.map_or(Ok(()), |key| {
        Err(format!("data file is missing a field: {key}"))
    })
}

/// A number, or `None` if the value is null because the writer does not know it.
fn number(value: &Value) -> Result<Option<u64>, String> {
    match value {
        Value::Null => Ok(None),
        value => value
            .as_u64()
            .map(Some)
            .ok_or_else(|| format!("{value} is not a count")),
    }
}
