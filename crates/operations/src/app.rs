//! The product as one value: a database, the present, chance, the way out.

use std::sync::{Arc, RwLock};

use domain::people::Organisation;
use jiff::Timestamp;
use store::{Database, Session};

use crate::ports::{Chance, Clock, Post};
use crate::{Refusal, organisations};

/// What an installation decides (addresses, not policy).
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The name under which this node claims work; any text that differs from the other nodes'.
    pub node: String,
    /// Where people reach the pages, without a trailing slash: goes into messages.
    pub address: String,
}

/// The organisation last read, with its version.
type Kept = Option<(i64, Arc<Organisation>)>;

/// Everything an operation needs; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) post: Arc<dyn Post>,
    pub(crate) configuration: Arc<Configuration>,
    organisation: Arc<RwLock<Kept>>,
}

impl App {
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        post: Arc<dyn Post>,
        configuration: Configuration,
    ) -> App {
        App {
            database,
            clock,
            chance,
            post,
            configuration: Arc::new(configuration),
            organisation: Arc::new(RwLock::new(None)),
        }
    }

    /// The present instant. Operations read it once, through their door.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Where people reach the pages.
    pub fn address(&self) -> &str {
        &self.configuration.address
    }

    /// The organisation in force, read again only when somebody applied another.
    pub(crate) async fn organisation(
        &self,
        session: &mut Session,
    ) -> Result<Arc<Organisation>, Refusal> {
        let version = store::organisations::newest_version(session).await?;
        let kept = self.organisation.read().ok().and_then(|kept| kept.clone());
        if let Some((_, organisation)) = kept.filter(|(kept, _)| *kept == version) {
            return Ok(organisation);
        }
        let organisation = Arc::new(organisations::load(session).await?);
        if let Ok(mut kept) = self.organisation.write() {
            *kept = Some((version, Arc::clone(&organisation)));
        }
        Ok(organisation)
    }
}
