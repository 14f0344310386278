//! Exports the whole result of `GET …/items` as a file, by `f` or `Accept`.
//!
//! One SQL statement reads the rows, on a connection from a small pool. They are written as they arrive, and no faster
//! than the client takes them. What cannot be sent before it is complete is written to a file first.

mod package;
mod text;

use std::any::Any;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use actix_web::body::SizedStream;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, HeaderValue};
use actix_web::web::{Bytes, block};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

use crate::access::{Caller, View};
use crate::error::Error;
use crate::figures::place;
use crate::files::export::{About, Columns, Format, Whole};
use crate::http::audit::Trace;
use crate::http::caching::{not_modified, tag_of_register, with_tag};
use crate::http::clock::Clock;
use crate::http::crs::turn;
use crate::http::download::{CHUNK, Chunk, attachment, contents};
use crate::http::envelope::learn;
use crate::http::feature::{CONTENT_CRS, content_crs, restricted_rows};
use crate::http::items::query::ItemsQuery;
use crate::http::language::{self, wants_vietnamese};
use crate::http::links::{base, link, own};
use crate::http::seats::{Reader, Seat};
use crate::http::state::App;
use crate::layers::{Class, Layer, NamedCrs};
use crate::postgres::row::Row;
use crate::postgres::{ExportConnection, WAIT};
use crate::register::items;
use crate::texts::text;
use crate::time::in_vietnam;
pub use package::export_package;
use text::Text;

/// A client that takes a chunk no sooner is cut off, so that others get its seat.
const PATIENCE: Duration = Duration::from_secs(60);
const ANONYMOUS_PATIENCE: Duration = Duration::from_secs(10);

/// Links to the same features in each file format.
pub fn links(items: &str) -> impl Iterator<Item = Value> {
    let separator = if items.contains('?') { '&' } else { '?' };
    let href = move |format: Format| format!("{}{separator}f={}", items, format.name());
    Format::ALL.map(|format| link("enclosure", &href(format), format.media_type(), "All of it as a file")).into_iter()
}

/// Answers with the file.
pub async fn export_items(
    app: &App,
    caller: Caller,
    layer: &'static Layer,
    query: ItemsQuery,
    format: Format,
    request: &HttpRequest,
) -> Result<HttpResponse, Error> {
    check_crs(format, query.crs)?;
    let trace = Trace::of(request);
    let view = View::new(&caller, layer);
    if view.shows(Class::Restricted) {
        trace.check_purpose()?;
    }
    let mut conn = app.store.connection().await?;
    // Each format needs its own tag, because `Accept` can select several formats at the same address.
    // What is streamed has no words.
    let vietnamese = query.form.labels.unwrap_or_else(|| format.is_streamed() || wants_vietnamese(request));
    let form = [format.name(), language::code(vietnamese)];
    let clock = Clock::of(request);
    // A workbook says where it is from.
    let address = (!format.is_streamed()).then(|| own(&base(app, request), request));
    let tag = tag_of_register(&mut conn, &caller, clock.today(), &form).await?;
    drop(conn);
    if let Some(answer) = not_modified(request, &tag).filter(|_| request.method().is_safe()) {
        return Ok(answer);
    }
    let mut response = HttpResponse::Ok();
    response
        .content_type(match format {
            Format::Csv => "text/csv; charset=utf-8; header=present",
            other => other.media_type(),
        })
        .insert_header(attachment(&file_name(layer, &query, format, clock.today())))
        .insert_header((CONTENT_CRS, content_crs(query.crs)));
    if request.method() == Method::HEAD {
        return Ok(with_tag(response.finish(), tag));
    }
    let limit = Duration::from_secs(app.limits.export_timeout_s);
    let (bill, conn) = Bill::open(app, &caller, request).await?;
    let mut export =
        Export { app: app.clone(), caller, layer, query, format, vietnamese, trace, rows: 0, restricted: 0 };
    let answer = if let Some(address) = address {
        let _bill = bill;
        let about = export.about(&address, clock);
        let file = within(limit, export.whole(conn, about)).await;
        export.log(file.is_ok()).await?;
        learn(request, |learned| learned.rows = Some(export.rows));
        send(&mut response, file?)?
    } else {
        export.begin().await?;
        let (sender, receiver) = channel(2);
        actix_web::rt::spawn(async move {
            export.send(conn, sender, limit).await;
            drop(bill);
        });
        response.streaming(parts(receiver))
    };
    Ok(with_tag(answer, tag))
}

/// A file in another system says so. GeoJSON can, by the member that RFC 7946 has no longer and all programs still read; but
/// of degrees they expect the longitude first, whatever the system says.
fn check_crs(format: Format, crs: &NamedCrs) -> Result<(), Error> {
    if crs == NamedCrs::crs84() || format == Format::Geojson && !crs.crs().is_degrees() {
        return Ok(());
    }
    Err(Error::of_parameter("crs", text!("parameter.invalid/crs_of_file")))
}

/// Runs the writer of a file. The library of workbooks panics when its temporary file has no room.
async fn within(limit: Duration, writing: impl Future<Output = Result<File, Error>>) -> Result<File, Error> {
    match timeout(limit, AssertUnwindSafe(writing).catch_unwind()).await {
        Ok(Ok(file)) => file,
        Ok(Err(panic)) => Err(of_panic(&*panic)),
        Err(_) => Err(Error::Timeout),
    }
}

/// Sends a file as it is: a workbook is compressed already, and of the others clients want to know the size.
fn send(response: &mut HttpResponseBuilder, file: File) -> Result<HttpResponse, Error> {
    let length = file.metadata().map_err(anyhow::Error::from)?.len();
    response.insert_header((CONTENT_ENCODING, HeaderValue::from_static("identity")));
    Ok(response.body(SizedStream::new(length, contents(file))))
}

/// Why a workbook panicked: the library does so when its temporary file has no room.
fn of_panic(panic: &(dyn Any + Send)) -> Error {
    let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    anyhow::anyhow!("the writer of workbooks panicked: {}", said.unwrap_or_default()).into()
}

/// `cameras_2026-11-24_405@2023-09-20.csv`
fn file_name(layer: &Layer, query: &ItemsQuery, format: Format, today: NaiveDate) -> String {
    let day = query.as_of.unwrap_or(today);
    let unit = query.within.as_ref().map(|unit| match unit.on {
        Some(on) => format!("_{}@{on}", unit.code),
        None => format!("_{}", unit.code),
    });
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@');
    let unit: String = unit.unwrap_or_default().chars().filter(|c| safe(*c)).collect();
    format!("{}_{day}{unit}.{}", layer.collection, format.name())
}

/// An export in progress.
struct Export {
    app: App,
    caller: Caller,
    layer: &'static Layer,
    query: ItemsQuery,
    format: Format,
    vietnamese: bool,
    trace: Trace,
    /// Rows written so far.
    rows: usize,
    /// How many of them show restricted fields.
    restricted: usize,
}

/// The seat of an export. When it ends, its reader pays for the time.
struct Bill {
    app: App,
    reader: Reader,
    since: Instant,
    _seat: Seat,
}

impl Bill {
    /// Waits for a seat and a connection.
    async fn open(app: &App, caller: &Caller, request: &HttpRequest) -> Result<(Bill, ExportConnection), Error> {
        let reader = Reader::of(caller, app.limits.trust_proxy, request);
        let seat = app.exports.wait(reader, WAIT).await?;
        let conn = app.store.export_connection().await?;
        Ok((Bill { app: app.clone(), reader, since: Instant::now(), _seat: seat }, conn))
    }
}

impl Drop for Bill {
    fn drop(&mut self) {
        self.app.limiters.spending.note(self.reader, self.since.elapsed());
    }
}

/// A part of a file.
enum Part {
    More(Bytes),
    Last(Bytes),
}

/// Streams the parts as they arrive. If the last one is missing, the file is incomplete and the connection is closed.
fn parts(receiver: Receiver<Part>) -> impl Stream<Item = Chunk> {
    stream::unfold(Some(receiver), async |receiver| {
        let mut receiver = receiver?;
        Some(match receiver.recv().await {
            Some(Part::More(bytes)) => (Ok(bytes), Some(receiver)),
            Some(Part::Last(bytes)) => (Ok(bytes), None),
            None => (Err(std::io::Error::other("the export was cut off")), None),
        })
    })
}

impl Export {
    /// Writes the file into a channel. The export is logged, whatever happens, before the last part is sent.
    async fn send(mut self, conn: ExportConnection, sender: Sender<Part>, limit: Duration) {
        let written = tokio::select! {
            written = timeout(limit, self.write(conn, &sender)) => written.unwrap_or(Err(Error::Timeout)),
            () = sender.closed() => Err(Error::Timeout),
        };
        let complete = written.is_ok();
        let logged = self.log(complete).await;
        // The line of the request was written when the first rows were sent.
        let (rows, format, request_id) = (self.rows, self.format.name(), self.trace.request_id.as_deref());
        match (written, logged) {
            // The channel has room for the last part. If the client is gone, nobody needs it.
            (Ok(tail), Ok(())) => {
                tracing::info!(rows, format, request_id, "an export was sent");
                drop(sender.try_send(Part::Last(tail.into())));
            }
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, rows, format, request_id, "an export was cut off");
            }
        }
    }

    /// Writes all rows and returns the end of the file.
    async fn write(&mut self, mut conn: ExportConnection, sender: &Sender<Part>) -> Result<Vec<u8>, Error> {
        let text = Text::new(self.format, self.columns(), self.query.crs);
        let mut out = Vec::with_capacity(CHUNK + CHUNK / 4);
        text.head(&mut out);
        let Some(open) = conn.get() else { return Err(Error::Overloaded) };
        let (patience, mut is_first) = (self.patience(), true);
        let write = async |row: &Row| {
            text.row(&mut out, row, is_first);
            is_first = false;
            if out.len() < CHUNK {
                return Ok(());
            }
            let chunk = std::mem::replace(&mut out, Vec::with_capacity(CHUNK + CHUNK / 4));
            let sent = timeout(patience, sender.send(Part::More(chunk.into()))).await;
            if matches!(sent, Ok(Ok(()))) { Ok(()) } else { Err(Error::Timeout) }
        };
        self.fill(open, write).await?;
        conn.done();
        text.tail(&mut out);
        // Waits until there is room for the end, which is sent after the export is logged.
        drop(sender.reserve().await.map_err(|_| Error::Timeout)?);
        Ok(out)
    }

    /// Writes all rows to a file.
    async fn whole(&mut self, mut conn: ExportConnection, mut about: About) -> Result<File, Error> {
        let mut file = Whole::new(self.format, self.columns(), self.query.question.days.today)?;
        let Some(open) = conn.get() else { return Err(Error::Overloaded) };
        self.fill(open, async |row| Ok(file.row(row)?)).await?;
        conn.done();
        about.push((text!("about.rows"), self.rows.to_string()));
        let file = block(move || file.finish(about)).await.map_err(|_| Error::Overloaded)?;
        Ok(file?)
    }

    /// Hands all rows to a writer.
    async fn fill(
        &mut self,
        conn: &mut AsyncPgConnection,
        mut write: impl AsyncFnMut(&Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let view = View::new(&self.caller, self.layer);
        place(conn, &view, &mut self.query.question).await?;
        let rows = items::stream(conn, &view, &self.query.question, self.query.limit).await?.ready_chunks(256);
        let mut rows = Box::pin(rows);
        while let Some(rows) = rows.next().await {
            for row in rows {
                let mut row = row?;
                turn(std::slice::from_mut(&mut row), self.query.crs);
                write(&row).await?;
                self.rows += 1;
                self.restricted += restricted_rows(self.layer, std::slice::from_ref(&row));
            }
            // Other tasks need this thread.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// How long the client may take for a chunk.
    fn patience(&self) -> Duration {
        if self.caller.is_anonymous() { ANONYMOUS_PATIENCE } else { PATIENCE }
    }

    fn columns(&self) -> Columns {
        let mut form = self.query.form.clone();
        if self.format == Format::Xlsx {
            // A workbook has the labels instead of the codes.
            form.labels = None;
        }
        form.columns(&View::new(&self.caller, self.layer), self.vietnamese)
    }

    /// The last sheet of a workbook: which data it contains and who exported it.
    fn about(&self, url: &str, clock: Clock) -> About {
        let title = self.layer.title.say(self.vietnamese);
        let now = in_vietnam(clock.now);
        let address = url.split_once('?').map_or(url, |(address, _)| address);
        let given = self.query.given.iter();
        let filters: Vec<_> =
            given.filter(|(name, _)| name != "f").map(|(name, value)| format!("{name}={value}")).collect();
        let anonymous = || text!("about.anonymous").say(self.vietnamese);
        vec![
            (text!("about.layer"), format!("{title} ({})", self.layer.collection)),
            (text!("about.moment"), now.format("%d/%m/%Y %H:%M:%S").to_string()),
            (text!("about.by"), self.caller.account().map_or_else(anonymous, |account| account.name.clone())),
            (text!("about.address"), address.to_owned()),
            (text!("about.filters"), filters.join("; ")),
        ]
    }

    /// Logs that a file is about to be sent: nothing of it leaves before that is known.
    async fn begin(&self) -> Result<(), Error> {
        if self.caller.is_anonymous() {
            return Ok(());
        }
        let mut conn = self.app.store.connection().await?;
        let detail = json!({"path": self.trace.path, "format": self.format.name()});
        self.trace.record(&mut conn, &self.caller, "export.begin", Some(self.layer.collection), detail).await
    }

    /// Logs who exported what. Exports by anonymous callers are not logged: they contain only public data.
    async fn log(&self, complete: bool) -> Result<(), Error> {
        if self.caller.is_anonymous() {
            return Ok(());
        }
        let mut conn = self.app.store.connection().await?;
        let mut detail = json!({
            "path": self.trace.path,
            "format": self.format.name(),
            "rows": self.rows,
            "restricted_rows": self.restricted,
            "complete": complete,
        });
        self.trace.add_purpose(&mut detail);
        self.trace.record(&mut conn, &self.caller, "export.items", Some(self.layer.collection), detail).await
    }
}
