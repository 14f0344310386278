//! Accepts connections and speaks HTTP on them.

use std::future::ready;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{Extensions, HttpServiceBuilder};
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;

use crate::http::connections::connection::{HEAD_TIMEOUT, KEEP_ALIVE};
use crate::http::connections::socket::Socket;
use crate::http::connections::table::Connections;
use crate::http::routes::app;
use crate::http::state::App;

/// How long running requests may take to finish after the service is told to stop, seconds.
pub const DRAIN_S: u64 = 6;

/// How long a refused client may go on sending before its connection is closed.
const LINGER: Duration = Duration::from_secs(2);

/// Listens, with the limits on connections. The server runs while the returned future is awaited.
///
/// # Errors
/// When the address cannot be bound.
pub fn start(state: App, host: &str, port: u16) -> io::Result<(Server, Vec<SocketAddr>)> {
    let App { store, streams, .. } = state.clone();
    actix_web::rt::spawn(async move { streams.watch(&store).await });
    let most = state.limits.connections;
    let connections = Arc::new(Connections::new(most));
    let watched = connections.clone();
    actix_web::rt::spawn(async move { watched.watch().await });
    // Limits of the table are for all workers together; this only keeps the workers from having lower ones.
    let mut builder = Server::build().shutdown_timeout(DRAIN_S).max_concurrent_connections(most.max(1) + 1);
    let stopping = builder.graceful_shutdown_signal();
    let mut addresses = Vec::new();
    for address in (host, port).to_socket_addrs()? {
        let listener = TcpListener::bind(address)?;
        addresses.push(listener.local_addr()?);
        let (state, connections, stopping) = (state.clone(), connections.clone(), stopping.clone());
        builder = builder.listen("http", listener, move || {
            let connections = connections.clone();
            // Behind a proxy all clients have its address.
            let has_clients_address = !state.limits.trust_proxy;
            let admit = fn_service(move |stream: TcpStream| {
                let peer = stream.peer_addr().ok();
                let place = connections.admit(peer.map(|peer| peer.ip()).filter(|_| has_clients_address));
                let socket = place.map(|place| Socket { inner: stream, place });
                ready(socket.map(|socket| (socket, peer)).ok_or(DispatchError::DisconnectTimeout))
            });
            let stopping = stopping.clone();
            let http = HttpServiceBuilder::default()
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(HEAD_TIMEOUT)
                .client_disconnect_timeout(LINGER)
                // A client that closes its half is gone: what it asked for ends with it.
                .h1_allow_half_closed(false)
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .on_connect_ext(|socket: &Socket, shared: &mut Extensions| {
                    shared.insert(socket.place.connection.clone());
                });
            let app = app(state.clone()).into_factory().map_err(|error: actix_web::Error| error.error_response());
            admit.and_then(http.h1(map_config(app, |()| AppConfig::default())))
        })?;
    }
    Ok((builder.run(), addresses))
}
