//! Imports, as `watchbell import` makes them and as the server takes them.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use domain::access::{Actor, Scope};
use operations::App;
use operations::imports::{self, ImportRequest};
use tokio::net::TcpListener;

use super::filled::{ADMINISTRATOR, millis, opened, sign_in};
use super::reports::Kind;
use super::{Measured, NOW, usage};
use crate::cli::BenchStep;
use crate::failure::Failure;

/// One import in a process of its own.
pub(super) async fn step(
    database: &str,
    step: BenchStep,
    (kind, file): (Kind, &Path),
    size: u64,
) -> Result<Vec<Measured>, Failure> {
    let what = match step {
        BenchStep::Again => format!("{}: the same again", kind.word()),
        BenchStep::Upload => format!("{}: uploaded to the server", kind.word()),
        _ => format!("{}: first import", kind.word()),
    };
    let app = opened(database, NOW).await?;
    let before = app.database().statements();
    let millis = match step {
        BenchStep::Upload => upload(&app, file).await?,
        _ => import(&app, file).await?,
    };
    let statements = Some(app.database().statements() - before);
    app.database().close().await;
    let usage = usage::own();
    Ok(vec![Measured { usage, statements, ..Measured::once(&what, size, millis) }])
}

/// From the file to the answer.
async fn import(app: &App, file: &Path) -> Result<f64, Failure> {
    let started = Instant::now();
    let bytes = crate::commands::bytes_of(file, u64::MAX)?;
    let service = "imported".to_owned();
    let request =
        ImportRequest { bytes, service, create_service: true, ..ImportRequest::default() };
    imports::import(app, &Actor::Operator, request).await?;
    Ok(millis(started))
}

/// Serves, and sends the report over the network as a pipeline does; client and server are one
/// process, the client holds a piece at a time.
async fn upload(app: &App, file: &Path) -> Result<f64, Failure> {
    let actor = sign_in(app, ADMINISTRATOR).await?.actor;
    let token = operations::access::create_token(app, &actor, "bench", Scope::Everything, 1);
    let secret = token.await?.secret;
    let address = serve(app).await?;
    let failed = |error: &dyn std::fmt::Display| Failure::Failed(format!("upload: {error}"));
    let body = tokio::fs::File::open(file).await.map_err(|error| failed(&error))?;
    let client = super::client()?;
    let to = "api/watchbell/v1/imports?service=uploaded&create_service=true";
    let started = Instant::now();
    let answer = client
        .post(format!("http://{address}/{to}"))
        .bearer_auth(secret)
        .body(body)
        .send()
        .await
        .map_err(|error| failed(&error))?;
    let status = answer.status();
    let text = answer.text().await.map_err(|error| failed(&error))?;
    if !status.is_success() {
        return Err(failed(&format!("{status}: {text}")));
    }
    Ok(millis(started))
}

/// Serves pages and API on loopback until the process ends.
pub(super) async fn serve(app: &App) -> Result<SocketAddr, Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("cannot serve: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let router = web::router(app.clone(), web::Settings::default());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Ok(address)
}
