//! Puts the product together: database, clock, chance and the way out.

use std::sync::Arc;

use domain::notices::Parcel;
use jiff::Timestamp;
use operations::App;
use operations::ports::{Chance, Clock, Delivery, Post, Undelivered};
use store::{Database, Settings};
use transport::{BadSettings, EmailSettings, Secret, SecretUrl, Security, Transport};

use crate::cli::Common;
use crate::configuration;
use crate::failure::Failure;

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Always the same instant: for drills.
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// The operating system's randomness.
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no secret may be made: there is nothing sensible to go on with.
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// Takes every message as accepted and sends nothing: for drills and the demo.
pub struct Pretence;

impl Post for Pretence {
    fn deliver<'a>(&'a self, _parcel: &'a Parcel) -> Delivery<'a> {
        Box::pin(async { Ok(()) })
    }
}

/// Sends nothing: for commands that only read or write the database.
pub struct Closed;

impl Post for Closed {
    fn deliver<'a>(&'a self, _parcel: &'a Parcel) -> Delivery<'a> {
        Box::pin(async { Err(Undelivered::Later("this command sends nothing".into())) })
    }
}

/// A product on the database that the command line names.
pub async fn app(
    common: &Common,
    clock: Arc<dyn Clock>,
    post: Arc<dyn Post>,
) -> Result<App, Failure> {
    let configured = configuration::read(common)?;
    let address = configured.address.unwrap_or_else(|| "http://127.0.0.1:8420".into());
    app_at(&configuration::database(common)?, &address, clock, post).await
}

/// A product on the database at `database`, reached by people at `address`.
pub async fn app_at(
    database: &str,
    address: &str,
    clock: Arc<dyn Clock>,
    post: Arc<dyn Post>,
) -> Result<App, Failure> {
    let database = Database::open(database, Settings::default(), clock.now()).await?;
    let configuration = operations::Configuration {
        node: node_name(),
        address: address.trim_end_matches('/').to_owned(),
    };
    Ok(App::new(database, clock, Arc::new(SystemChance), post, configuration))
}

/// The example company's product: nothing is sent, and the disk is not waited for, since it is made
/// anew at every start.
pub async fn demo_app(
    database: &std::path::Path,
    address: &str,
    clock: Arc<dyn Clock>,
) -> Result<App, Failure> {
    let settings = Settings { careless: true, ..Settings::default() };
    let database = Database::open(&database.to_string_lossy(), settings, clock.now()).await?;
    let address = address.trim_end_matches('/').to_owned();
    let configuration = operations::Configuration { node: node_name(), address };
    Ok(App::new(database, clock, Arc::new(SystemChance), Arc::new(Pretence), configuration))
}

/// Differs between nodes and between runs of one node.
fn node_name() -> String {
    let mut bytes = [0_u8; 4];
    SystemChance.fill(&mut bytes);
    format!("node-{}-{}", std::process::id(), u32::from_be_bytes(bytes))
}

/// The way out as configured.
pub fn transport(configured: &configuration::Configuration) -> Result<Transport, Failure> {
    settings(configured).and_then(Transport::new).map_err(|bad| Failure::Input(bad.to_string()))
}

fn settings(configured: &configuration::Configuration) -> Result<transport::Settings, BadSettings> {
    let slack = configured.slack.iter();
    Ok(transport::Settings {
        email: configured.email.as_ref().map(email).transpose()?,
        slack: slack
            .map(|(name, webhook)| (name.clone(), SecretUrl::new(webhook.url.clone())))
            .collect(),
        allow_private_hosts: configured.allow_private_hosts.clone(),
    })
}

fn email(configured: &configuration::Email) -> Result<EmailSettings, BadSettings> {
    let security = configured.security.as_deref().map(Security::from_word).transpose()?;
    Ok(EmailSettings {
        host: configured.host.clone(),
        port: configured.port,
        security: security.unwrap_or_default(),
        user: configured.user.clone(),
        password: configured.password.clone().map(Secret::new),
        from: configured.from.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let configured = toml::from_str(text).expect("the keys are right");
        match transport(&configured) {
            Ok(_) => panic!("taken: {text}"),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_refused_at_start_by_its_key() {
        let email = "[email]\nhost = \"mail.example.org\"\nfrom = \"bell@example.org\"\n";
        let told = refusal(&format!("{email}security = \"ssl\"\n"));
        assert!(told.starts_with("email.security is `ssl`"), "{told}");
        let told = refusal("[slack.security]\nurl = \"http://hooks.example/geheim\"\n");
        assert!(told.starts_with("slack.security.url begins with `http`"), "{told}");
        assert!(!told.contains("geheim"));
        let fine = toml::from_str(email).expect("the keys are right");
        assert!(transport(&fine).is_ok());
    }
}
