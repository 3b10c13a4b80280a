//! The configuration file: addresses and secrets of this installation, never policy.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::Common;
use crate::failure::Failure;

/// The name of the file in the data directory.
const FILE: &str = "watchbell.toml";

/// Everything an installation can set.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Where people reach the pages, e.g. `https://watchbell.example.org`.
    pub address: Option<String>,
    pub email: Option<Email>,
    /// Slack's incoming webhooks by the name that the organisation file uses.
    #[serde(default)]
    pub slack: BTreeMap<String, Webhook>,
    /// Hosts in private networks that messages may go to.
    #[serde(default)]
    pub allow_private_hosts: Vec<String>,
    #[serde(default)]
    pub dependency_track: DependencyTrack,
}

/// The interface of Dependency-Track that is served for its clients.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependencyTrack {
    /// The version it says it is, e.g. `4.13.2`: clients behave by it.
    pub version: Option<String>,
}

impl DependencyTrack {
    /// The version, if one is set: numbers with dots, as clients compare them.
    pub fn version(&self) -> Result<Option<&str>, Failure> {
        let Some(version) = self.version.as_deref() else { return Ok(None) };
        let numbers: Vec<&str> = version.split('.').collect();
        let is_number = |text: &&str| text.len() <= 4 && text.parse::<u16>().is_ok();
        if numbers.len() == 3 && numbers.iter().all(is_number) {
            return Ok(Some(version));
        }
        Err(Failure::Input(format!(
            "dependency_track.version: `{version}` is not three numbers, such as 4.13.2"
        )))
    }
}

/// The mail server through which notices leave.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    pub host: String,
    pub port: Option<u16>,
    /// `tls`, `starttls` (default) or `none`.
    pub security: Option<String>,
    pub user: Option<String>,
    pub password: Option<String>,
    /// The sender, e.g. `Watchbell <bell@example.org>`.
    pub from: String,
}

impl std::fmt::Debug for Email {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Email {{ host: {:?}, from: {:?}, … }}", self.host, self.from)
    }
}

/// An incoming webhook: whoever knows the address can post.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub url: String,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Webhook")
    }
}

/// The directory for files, made if it is not there.
pub fn data_directory(common: &Common) -> Result<PathBuf, Failure> {
    let directory = match &common.data {
        Some(directory) => directory.clone(),
        None => users_data_directory()?.join("watchbell"),
    };
    std::fs::create_dir_all(&directory).map_err(|error| {
        let place = directory.display();
        Failure::Failed(format!(
            "cannot make the data directory `{place}`: {error}; name another with --data"
        ))
    })?;
    Ok(directory)
}

fn users_data_directory() -> Result<PathBuf, Failure> {
    let named = std::env::var_os("XDG_DATA_HOME").filter(|it| !it.is_empty()).map(PathBuf::from);
    let home = std::env::var_os("HOME").filter(|it| !it.is_empty()).map(PathBuf::from);
    named.or_else(|| home.map(|home| home.join(".local/share"))).ok_or_else(|| {
        Failure::Input("there is no home directory to keep data in; name one with --data".into())
    })
}

/// The database's address: as given, else a file in the data directory.
pub fn database(common: &Common) -> Result<String, Failure> {
    match &common.database {
        Some(address) => Ok(address.clone()),
        None => Ok(format!("sqlite:{}", data_directory(common)?.join("watchbell.db").display())),
    }
}

/// Reads the configuration file: the one named, else the one in the data directory if it is there.
pub fn read(common: &Common) -> Result<Configuration, Failure> {
    match &common.config {
        Some(file) => parse(file),
        None if common.database.is_some() && common.data.is_none() => Ok(Configuration::default()),
        None => {
            let file = data_directory(common)?.join(FILE);
            if file.exists() { parse(&file) } else { Ok(Configuration::default()) }
        }
    }
}

fn parse(file: &Path) -> Result<Configuration, Failure> {
    let place = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Input(format!("cannot read `{place}`: {error}")))?;
    toml::from_str(&text).map_err(|error| Failure::Input(format!("{place}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_refused_with_its_line() {
        let error = toml::from_str::<Configuration>("adress = \"x\"\n").unwrap_err().to_string();
        assert!(error.contains("line 1") && error.contains("adress"), "{error}");
    }

    #[test]
    fn a_version_that_clients_cannot_compare_is_refused_with_its_key() {
        let read = |version: &str| DependencyTrack { version: Some(version.to_owned()) };
        assert_eq!(read("4.13.2").version().unwrap(), Some("4.13.2"));
        assert_eq!(DependencyTrack::default().version().unwrap(), None);
        for bad in ["", "4.13", "newest", "4.13.2-SNAPSHOT", "4.13.2\nx"] {
            let refused = read(bad).version().unwrap_err().to_string();
            assert!(refused.contains("dependency_track.version"), "{refused}");
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug() {
        let text = "[email]\nhost = \"h\"\nfrom = \"a@b.c\"\npassword = \"geheim\"\n\
                    [slack.x]\nurl = \"https://hooks.example/geheim\"\n";
        let configuration: Configuration = toml::from_str(text).unwrap();
        assert!(!format!("{configuration:?}").contains("geheim"));
    }
}
