//! Tables of Nessus, Tenable Security Center and Tenable Vulnerability Management (CSV).
//!
//! Nessus writes a row for each plugin, host and port, which are a finding. Security Center, whose
//! lists are by plugin and port, names the host by its address: its hosts are places of a finding.

use domain::findings::{Location, Observation, Severity};

use super::folding::{Folding, address};
use super::table::{Row, each_row, has_columns};
use super::vocabulary::{Rating, TITLE, cwes, one_line, paragraphs, push_new, severity};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "nessus_csv",
    title: "Nessus and Tenable (CSV)",
    how_to_get: "in Nessus or Tenable: open the scan or the list, Export, CSV",
    manual: "One finding for each plugin, port and, where the column is *Host* or an asset's name, \
        host. Title from the plugin's name, severity from *Risk* or *Severity* (None is info), \
        identifiers from *CVE*, CWE numbers from *CWE* and *XREF*, rule from the plugin's number, \
        the newest of the vectors with its score, the place is host and port. The columns of \
        Nessus, of Security Center and of Vulnerability Management (`definition.name` and so on) \
        are known, with commas or semicolons between them.",
    samples: &[
        ("nessus.csv", include_bytes!("samples/nessus.csv")),
        ("nessus_security_center.csv", include_bytes!("samples/nessus_security_center.csv")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["pluginid", "risk", "name", "host"])
        || has_columns(beginning, &["plugin", "pluginname", "severity"])
        || has_columns(beginning, &["definition.id", "definition.name", "severity"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Nessus"), None);
    let mut folding = Folding::default();
    each_row(source, &[], intake, |row, intake| {
        let Some(title) = row.any(&["pluginname", "definition.name", "name"]) else {
            intake.refuse(|| (row.place(), "there is no name of a plugin".to_owned()));
            return;
        };
        let observation = observation(title, row);
        let host = row.any(&["host", "asset.displayfqdn", "asset.name", "asset.hostname"]);
        let port = row.any(&["port", "asset.port"]).unwrap_or_default();
        let synopsis = row.any(&["synopsis", "definition.synopsis"]).unwrap_or_default();
        let severity = observation.severity.word();
        folding.add(&[severity, title, host.unwrap_or_default(), port, synopsis], observation);
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(title: &str, row: &Row<'_>) -> Observation {
    let word = row.any(&["severity", "risk", "definition.severity"]).unwrap_or_default();
    let mut observation =
        Observation::new(one_line(title, TITLE).0, severity(word).unwrap_or(Severity::Info));
    observation.rule = row.any(&["pluginid", "plugin", "definition.id"]).map(str::to_owned);
    let listed = row.any(&["cve", "definition.cve"]).unwrap_or_default();
    for id in listed.split([',', ';', ' ', '\n', '\'', '[', ']']).filter(|id| !id.is_empty()) {
        push_new(&mut observation.ids, id.trim().to_owned());
    }
    let related = row.any(&["xref", "crossreferences"]).filter(|text| text.contains("CWE"));
    let named = row.any(&["cwe", "definition.cwe"]);
    for number in named.into_iter().chain(related).flat_map(numbers) {
        push_new(&mut observation.cwes, number);
    }
    let rating = rating(row);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    let host = row.any(&[
        "host",
        "asset.displayfqdn",
        "asset.name",
        "asset.hostname",
        "dnsname",
        "ipaddress",
        "asset.displayipv4address",
    ]);
    let url = address(host, row.get("port"), row.get("protocol"));
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    observation.description = paragraphs(
        [
            &["synopsis", "definition.synopsis"][..],
            &["description", "definition.description"],
            &["pluginoutput", "plugintext", "output"],
            &["solution", "stepstoremediate", "definition.solution"],
            &["seealso", "definition.seealso"],
        ]
        .map(|columns| row.any(columns)),
    );
    observation
}

/// `CWE:200` and `CWE #310` in a list of references, or `200, 310`.
fn numbers(text: &str) -> Vec<u32> {
    match text.contains("CWE") {
        true => cwes(&text.replace('#', "")),
        false => text.split([',', ';']).flat_map(cwes).collect(),
    }
}

fn rating(row: &Row<'_>) -> Rating {
    let mut rating = Rating::default();
    let score = |columns: &[&str]| {
        columns.iter().find_map(|column| row.text(column).number()).filter(|score| *score <= 10.0)
    };
    let v4 = row.any(&["cvssv4.0vector", "cvssv4vector", "definition.cvss4.basevector"]);
    rating.offer(v4, score(&["cvssv4.0basescore", "definition.cvss4.basescore"]));
    let v3 = row.any(&["cvssv3.0vector", "cvssv3vector", "definition.cvss3.basevector"]);
    let v3 = v3.map(|vector| match vector.starts_with("AV:") {
        true => format!("CVSS:3.0/{vector}"),
        false => vector.to_owned(),
    });
    let v3_score = ["cvssv3.0basescore", "cvssv3basescore", "cvssv3", "definition.cvss3.basescore"];
    rating.offer(v3.as_deref(), score(&v3_score));
    let v2 = row.any(&["cvssv2vector", "cvssvector", "definition.cvss2.basevector"]);
    let v2_score = ["cvssv2.0basescore", "cvssv2basescore", "cvss", "definition.cvss2.basescore"];
    rating.offer(v2.map(|vector| vector.trim_start_matches("CVSS2#")), score(&v2_score));
    rating
}
