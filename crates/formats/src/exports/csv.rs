//! Findings as CSV (RFC 4180): a row each, times in UTC, no cell a formula to a spreadsheet.

use super::Exported;

const HEADER: &str = "id,service,identity,title,place,band,score,state,opened_at,due_at,holder,\
    breached_at,fix_merged_at,closed_at,package,version,fixed,purl,path,line,ids\r\n";

pub(super) fn write(findings: &[Exported]) -> String {
    let mut text = HEADER.to_owned();
    for finding in findings {
        let cells: Vec<String> = cells(finding).iter().map(|text| cell(text)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn cells(finding: &Exported) -> [String; 21] {
    let clock = &finding.clock;
    let at = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let (package, place) = (finding.package.clone().unwrap_or_default(), finding.place.as_ref());
    let path = place.and_then(|place| place.path.clone().or(place.url.clone()));
    let line = place.and_then(|place| place.line).map(|line| line.to_string());
    let id = finding.ids.first().or(finding.rule.as_ref()).cloned();
    [
        finding.id.clone(),
        finding.service.clone(),
        id.unwrap_or_default(),
        finding.title.clone(),
        where_it_is(finding),
        clock.band.word().to_owned(),
        finding.assessment.score.map(|score| format!("{score:.1}")).unwrap_or_default(),
        clock.state.word().to_owned(),
        clock.opened_at.to_string(),
        at(clock.due_at),
        finding.holder.clone().unwrap_or_default(),
        at(clock.breached_at),
        at(clock.fix_merged_at),
        at(clock.closed_at),
        package.name,
        package.version.unwrap_or_default(),
        package.fixed.unwrap_or_default(),
        package.purl.unwrap_or_default(),
        path.unwrap_or_default(),
        line.unwrap_or_default(),
        finding.ids.join(" "),
    ]
}

/// The package with its version, else the place in code or on the network.
fn where_it_is(finding: &Exported) -> String {
    if let Some(package) = &finding.package {
        let version = package.version.as_deref().unwrap_or_default();
        return format!("{} {version}", package.name).trim_end().to_owned();
    }
    let Some(place) = &finding.place else { return String::new() };
    let path = place.path.as_deref().or(place.url.as_deref()).unwrap_or_default();
    place.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
}

/// Quoted, and never a formula.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(cell("=cmd|' /C calc'!A0"), "\"'=cmd|' /C calc'!A0\"");
        assert_eq!(cell("say \"no\", twice"), "\"say \"\"no\"\", twice\"");
    }
}
