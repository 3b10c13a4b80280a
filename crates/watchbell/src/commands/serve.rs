//! `watchbell serve`: the pages, the API and the watch in one process.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::access::Actor;
use operations::{App, access, duties};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::cli::{Common, Serve};
use crate::configuration;
use crate::demo::{self, DemoClock};
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, SystemClock};

/// How often the watch looks for what is due: half of the lateness that is promised.
const WATCH_EVERY: Duration = Duration::from_millis(500);
/// How long the watch rests after a failure, e.g. while the database is away.
const REST: Duration = Duration::from_secs(5);

/// Begins the name of a demo's folder; the number of its process follows.
const DEMO: &str = "watchbell-demo-";
/// The demo's database in its folder.
const DEMO_DATABASE: &str = "demo.db";

/// Serves until it is asked to stop.
pub async fn serve(common: &Common, serve: &Serve) -> Result<(), Failure> {
    let configured = configuration::read(common)?;
    let mut settings = web::Settings::default();
    if let Some(version) = configured.dependency_track.version()? {
        version.clone_into(&mut settings.track_version);
    }
    let listener = listen(&serve.listen).await?;
    let place = listener.local_addr().map_err(|error| Failure::Failed(error.to_string()))?;
    let named = serve.address.clone().or_else(|| configured.address.clone());
    let address = named.unwrap_or_else(|| format!("http://{place}"));
    let post = Arc::new(wiring::transport(&configured)?);
    let database = configuration::database(common)?;
    let app = wiring::app_at(&database, &address, Arc::new(SystemClock), post).await?;
    present::line(&format!("Watchbell is up at {address}"))?;
    present::line(&format!("  data: {database}", database = hide_login(&database)))?;
    if let Some(secret) = access::first_link(&app).await? {
        present::line("  first administrator, once, within 30 minutes:")?;
        present::line(&format!("  {address}/sign-in/link/{secret}"))?;
    }
    warn_of_strangers(place, &address);
    keep_up(app, settings, listener).await
}

/// Serves the example company, made anew at every start in a directory that goes with the process.
/// Nothing is sent; its messages can be read in the outbox.
pub async fn demo(_common: &Common, serve: &Serve) -> Result<(), Failure> {
    let listener = listen(&serve.listen).await?;
    let place = listener.local_addr().map_err(|error| Failure::Failed(error.to_string()))?;
    let address = serve.address.clone().unwrap_or_else(|| format!("http://{place}"));
    sweep(&std::env::temp_dir());
    let directory = std::env::temp_dir().join(format!("{DEMO}{}", std::process::id()));
    let unusable = |error: std::io::Error| {
        let place = directory.display();
        Failure::Failed(format!("cannot use `{place}` for the demo: {error}"))
    };
    std::fs::create_dir_all(&directory).map_err(unusable)?;
    let outcome = demo_in(&directory, &address, place, listener).await;
    std::fs::remove_dir_all(&directory).map_err(unusable)?;
    outcome
}

/// Removes the folders of demos that were killed: their process is gone. What cannot be removed
/// belongs to somebody else, or goes next time.
fn sweep(place: &Path) {
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(DEMO));
        let Some(number) = number.and_then(|number| number.parse::<u32>().ok()) else { continue };
        if entry.path().join(DEMO_DATABASE).is_file() && is_dead(number) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether the demo with this process number is gone: no such process, one that has ended and waits
/// to be counted, or another program under the same number. Where that cannot be told, it is not.
fn is_dead(process: u32) -> bool {
    let processes = Path::new("/proc");
    match std::fs::read(processes.join(process.to_string()).join("cmdline")) {
        Ok(words) => !words.split(|byte| *byte == 0).any(|word| word == b"demo"),
        Err(error) => {
            error.kind() == std::io::ErrorKind::NotFound && processes.join("self").exists()
        }
    }
}

async fn demo_in(
    directory: &Path,
    address: &str,
    place: SocketAddr,
    listener: TcpListener,
) -> Result<(), Failure> {
    present::line("Building the example company: five quarters, a few seconds …")?;
    let clock = Arc::new(DemoClock::standing(demo::beginning()));
    let app = wiring::demo_app(&directory.join(DEMO_DATABASE), address, clock.clone()).await?;
    demo::build(&app, &clock).await?;
    clock.start();
    let secret = demo::invitation(&app).await?;
    present::line(&format!("Watchbell's example company is up at {address}"))?;
    present::line("  its today is Wednesday 12 August 2026, six weeks into the third quarter")?;
    present::line("  sign in as its CISO, once:")?;
    present::line(&format!("  {address}/sign-in/link/{secret}"))?;
    warn_of_strangers(place, address);
    keep_up(app, web::Settings::default(), listener).await
}

fn hide_login(database: &str) -> String {
    match (database.split_once("://"), database.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => database.to_owned(),
    }
}

fn warn_of_strangers(place: SocketAddr, address: &str) {
    if !place.ip().is_loopback() && !address.starts_with("https://") {
        eprintln!(
            "watchbell: {place} can be reached from other machines without encryption; put a TLS \
             proxy in front and name it with --address https://…"
        );
    }
}

async fn listen(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::Input(format!("cannot listen on `{address}`: {error}; name another with --listen"))
    })
}

/// Serves and watches until a signal; requests in progress are finished.
pub async fn keep_up(
    app: App,
    settings: web::Settings,
    listener: TcpListener,
) -> Result<(), Failure> {
    let (stop, stopped) = watch::channel(false);
    let watching = tokio::spawn(keep_watch(app.clone(), stopped.clone()));
    let router = web::router(app.clone(), settings);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        signalled().await;
        stop.send_replace(true);
    });
    let outcome = serving.await;
    watching.await.map_err(|error| Failure::Failed(format!("the watch ended: {error}")))?;
    app.database().close().await;
    outcome.map_err(|error| Failure::Failed(format!("cannot serve: {error}")))
}

/// The watch: looks for what is due, again and again. A failure is told once, and the watch goes
/// on.
async fn keep_watch(app: App, mut stopped: watch::Receiver<bool>) {
    let mut failing = false;
    while !*stopped.borrow() {
        let rest = match duties::tick(&app, &Actor::Watch).await {
            Ok(_) => {
                if std::mem::take(&mut failing) {
                    tracing::info!("the watch is up again");
                }
                WATCH_EVERY
            }
            Err(refusal) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::error!("the watch could not do its duties: {refusal}");
                }
                REST
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stopped.changed() => {}
        }
    }
}

async fn signalled() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_dead_demo_is_removed_and_no_other() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = |name: String, with_database: bool| {
            let path = place.path().join(name);
            std::fs::create_dir(&path).expect("a folder");
            if with_database {
                std::fs::write(path.join(DEMO_DATABASE), "").expect("a file");
            }
            path
        };
        // The largest number that Linux gives to a process is 4,194,304.
        let dead = folder(format!("{DEMO}4194999"), true);
        // Its number is this test's now, which is no demo.
        let replaced = folder(format!("{DEMO}{}", std::process::id()), true);
        let empty = folder(format!("{DEMO}4194998"), false);
        let other = folder(format!("{DEMO}notes"), true);
        let mut running = std::process::Command::new("sh");
        running.args(["-c", "echo up; read line", "demo"]).stdin(std::process::Stdio::piped());
        let mut running = running.stdout(std::process::Stdio::piped()).spawn().expect("a shell");
        // Until it says so it may have no words yet by which it is known.
        let mut up = [0; 3];
        let said = running.stdout.as_mut().expect("its words");
        std::io::Read::read_exact(said, &mut up).expect("it is up");
        let alive = folder(format!("{DEMO}{}", running.id()), true);
        sweep(place.path());
        let is_told = Path::new("/proc/self").exists();
        assert_eq!((dead.exists(), replaced.exists()), (!is_told, !is_told));
        assert!(alive.exists() && empty.exists() && other.exists());
        drop(running.stdin.take());
        running.wait().expect("it ends");
    }
}
