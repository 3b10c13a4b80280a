//! Scanners whose reports change as they do in life: weaknesses appear, vanish and come back, are
//! scored anew, their packages are bumped, their lines move; some reports are only partly usable.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// How many weaknesses a scanner knows: vanished ones come back.
const KNOWN: usize = 9;

#[derive(Clone)]
struct Weakness {
    number: usize,
    is_there: bool,
    score: f64,
    version: u32,
    line: u32,
}

/// One tool looking at one service in one scope.
#[derive(Clone)]
pub struct Scanner {
    pub service: String,
    pub scope: Option<String>,
    tool: &'static str,
    weaknesses: Vec<Weakness>,
}

impl Scanner {
    pub fn new(
        service: &str,
        scope: Option<&str>,
        tool: &'static str,
        chance: &mut ChaCha8Rng,
    ) -> Scanner {
        let weaknesses = (0..KNOWN).map(|number| Weakness {
            number,
            is_there: chance.random_bool(0.4),
            score: score(chance),
            version: 1,
            line: chance.random_range(1..400),
        });
        let weaknesses = weaknesses.collect();
        Scanner { service: service.to_owned(), scope: scope.map(str::to_owned), tool, weaknesses }
    }

    /// Lets the service change before the next scan.
    pub fn change(&mut self, chance: &mut ChaCha8Rng) {
        for weakness in &mut self.weaknesses {
            match chance.random_range(0..100_u32) {
                0..8 => weakness.is_there = !weakness.is_there,
                8..12 => weakness.score = score(chance),
                12..16 => weakness.version += 1,
                16..26 => weakness.line += chance.random_range(1..20),
                _ => {}
            }
        }
    }

    /// The report of a scan; one that is `partial` has an item that nobody can use.
    pub fn report(&self, partial: bool) -> Vec<u8> {
        let present = self.weaknesses.iter().filter(|weakness| weakness.is_there);
        let mut findings: Vec<Value> = present.map(|weakness| self.item(weakness)).collect();
        if partial {
            findings.push(json!({ "severity": "high" }));
        }
        json!({ "type": self.tool, "version": "1", "findings": findings }).to_string().into_bytes()
    }

    fn item(&self, weakness: &Weakness) -> Value {
        let Weakness { number, score, version, line, .. } = weakness;
        if number % 3 == 0 {
            return json!({
                "title": format!("Rule {number} is broken"),
                "severity": word(*score),
                "vuln_id_from_tool": format!("rule-{number}"),
                "file_path": format!("src/part{number}.rs"),
                "line": line,
            });
        }
        json!({
            "title": format!("Package {number} is vulnerable"),
            "severity": word(*score),
            "cve": format!("CVE-2026-{}", 1000 + number),
            "cvssv3_score": score,
            "component_name": format!("package-{number}"),
            "component_version": format!("1.{version}"),
        })
    }
}

fn score(chance: &mut ChaCha8Rng) -> f64 {
    f64::from(chance.random_range(20..100_u32)) / 10.0
}

fn word(score: f64) -> &'static str {
    match score {
        it if it >= 9.0 => "critical",
        it if it >= 7.0 => "high",
        it if it >= 4.0 => "medium",
        _ => "low",
    }
}
