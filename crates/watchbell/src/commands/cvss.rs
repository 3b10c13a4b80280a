//! `watchbell cvss`: base scores from vectors.

use domain::findings::cvss::score;
use serde_json::{Value, json};

use crate::cli::Common;
use crate::failure::Failure;
use crate::present;

/// Scores each vector; an invalid one is told in its place and makes the exit status 2 only when
/// a person reads along, because the JSON says it all.
pub fn cvss(common: &Common, vectors: &[String]) -> Result<(), Failure> {
    let scored: Vec<_> = vectors.iter().map(|vector| (vector, score(vector))).collect();
    if common.json {
        let documents: Vec<Value> = scored
            .iter()
            .map(|(vector, outcome)| match outcome {
                Ok(scored) => json!({
                    "vector": vector,
                    "version": scored.version.number(),
                    "base_score": scored.base_score,
                    "severity": scored.severity.word(),
                }),
                Err(refused) => json!({"vector": vector, "error": refused.to_string()}),
            })
            .collect();
        return present::json(&Value::Array(documents));
    }
    let mut refusals = Vec::new();
    for (vector, outcome) in scored {
        match outcome {
            Ok(scored) => {
                let (score, word) = (scored.base_score, scored.severity.word());
                present::line(&format!("{score:4.1}  {word:<8}  {vector}"))?;
            }
            Err(refused) => refusals.push(format!("`{vector}`: {refused}")),
        }
    }
    if refusals.is_empty() { Ok(()) } else { Err(Failure::Input(refusals.join("\n"))) }
}
