//! The routes and middleware of the service, for `serve` and for the tests.

use std::future::ready;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard;
use actix_web::middleware::{Compress, NormalizePath, from_fn};
use actix_web::{Resource, Route, web};

use crate::http as handlers;
use crate::http::basemap::BASEMAP;
use crate::http::connections::bodies::keep_bodies;
use crate::http::encodings::choose_coding;
use crate::http::origins::{cors, open_reads};
use crate::http::rates::limit_rates;
use crate::http::security::secure;
use crate::http::shares::share_out;
use crate::http::state::App;
use crate::http::wire::check_wire;
use crate::http::{BASE, envelope};

/// Builds the service.
pub fn app(
    state: App,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let payload = web::PayloadConfig::new(state.limits.body_limit);
    let cors = cors(&state.limits);
    actix_web::App::new()
        .app_data(web::Data::new(state))
        .app_data(payload)
        .configure(routes)
        .default_service(web::to(envelope::not_found))
        .wrap(from_fn(share_out))
        .wrap(from_fn(limit_rates))
        .wrap(from_fn(check_wire))
        .wrap(from_fn(envelope::envelope))
        .wrap(cors)
        .wrap(from_fn(open_reads))
        .wrap(from_fn(secure))
        .wrap(Compress::default())
        .wrap(from_fn(choose_coding))
        .wrap(from_fn(handlers::as_of::look_back))
        .wrap(NormalizePath::trim())
        .wrap(from_fn(keep_bodies))
}

/// Lists every route. A test compares the list with the OpenAPI document.
fn routes(config: &mut web::ServiceConfig) {
    config
        .service(only_get("/", read().to(handlers::web::show_page)))
        .service(only_get("/console", read().to(handlers::web::show_console)))
        .service(only_get("/console/{page:.*}", read().to(handlers::web::show_console)))
        .service(only_get("/config.json", read().to(handlers::web::show_config)))
        .service(only_get(BASEMAP, read().to(handlers::basemap::show_range)))
        .service(only_get("/login", read().to(handlers::web::show_account)))
        .service(only_get("/setup", read().to(handlers::web::show_account)))
        .service(only_get(
            "/{file:assets/[^/]+|favicon\\.svg|account\\.(?:js|css)|docs\\.js}",
            read().to(handlers::web::show_file),
        ))
        .service(only_get("/healthz", read().to(handlers::health::show_health)))
        .service(only_get("/readyz", read().to(handlers::health::show_readiness)))
        .service(only_get(BASE, read().to(handlers::landing::show_landing)))
        .service(only_get(handlers::as_of::PATHS, read().to(envelope::not_found)))
        .service(
            web::scope(BASE)
                .service(only_get("/openapi.json", read().to(handlers::openapi::show_openapi)))
                .service(only_get("/docs", read().to(handlers::docs::show_docs)))
                .service(only_get("/conformance", read().to(handlers::landing::show_conformance)))
                .service(only_get("/collections", read().to(handlers::collections::list_collections)))
                .service(only_get("/collections/{collection}", read().to(handlers::collections::find_collection)))
                .service(only_get("/collections/{collection}/schema", read().to(handlers::collections::show_schema)))
                .service(only_get(
                    "/collections/{collection}/feature-schema",
                    read().to(handlers::collections::show_feature_schema),
                ))
                .service(only_get(
                    "/collections/{collection}/queryables",
                    read().to(handlers::collections::show_queryables),
                ))
                .service(only_get(
                    "/collections/{collection}/sortables",
                    read().to(handlers::collections::show_sortables),
                ))
                .service(
                    web::resource("/collections/{collection}/items")
                        .route(read().to(handlers::items::list_items))
                        .route(web::post().to(handlers::writes::create_item))
                        .route(web::patch().to(handlers::writes::update_items))
                        .route(web::delete().to(handlers::writes::delete_items))
                        .route(options().to(handlers::writes::show_options))
                        .default_service(web::to(handlers::writes::refuse_method)),
                )
                .service(only_post(
                    "/collections/{collection}/items/search",
                    web::post().to(handlers::items::search::search_items),
                ))
                .service(
                    web::resource("/collections/{collection}/items/{id}")
                        .route(read().to(handlers::items::find_item))
                        .route(web::put().to(handlers::writes::replace_item))
                        .route(web::patch().to(handlers::writes::update_item))
                        .route(web::delete().to(handlers::writes::delete_item))
                        .route(options().to(handlers::writes::show_options))
                        .default_service(web::to(handlers::writes::refuse_method)),
                )
                .service(only_get(
                    "/collections/{collection}/items/{id}/history",
                    read().to(handlers::history::list_versions),
                ))
                .service(only_get(
                    "/collections/{collection}/items/{id}/history/{version}",
                    read().to(handlers::history::find_version),
                ))
                .service(only_post(
                    "/collections/{collection}/items/{id}/restore",
                    web::post().to(handlers::writes::restore_item),
                ))
                .service(only_post(
                    "/collections/{collection}/items/{id}/verify",
                    web::post().to(handlers::writes::verify_item),
                ))
                .service(only_post("/collections/{collection}/verify", web::post().to(handlers::writes::verify_items)))
                .service(methods(
                    "/collections/{collection}/reclassification",
                    "GET, HEAD, POST, OPTIONS",
                    [read().to(handlers::writes::show_reclassification), web::post().to(handlers::writes::reclassify)],
                ))
                .service(only_get("/batches", read().to(handlers::batches::list_batches)))
                .service(only_get("/batches/{batchId}", read().to(handlers::batches::find_batch)))
                .service(only_post("/batches/{batchId}/undo", web::post().to(handlers::batches::undo_batch)))
                .service(only_post(
                    "/collections/{collection}/imports",
                    web::post().to(handlers::imports::create_import),
                ))
                .service(only_get(
                    "/collections/{collection}/import-template.xlsx",
                    read().to(handlers::imports::show_template),
                ))
                .service(only_get("/imports", read().to(handlers::imports::list_imports)))
                .service(only_get("/imports/{import}", read().to(handlers::imports::find_import)))
                .service(only_get("/imports/{import}/rows", read().to(handlers::imports::list_import_rows)))
                .service(only_post("/imports/{import}/plan", web::post().to(handlers::imports::plan_import)))
                .service(only_get("/imports/{import}/workbook", read().to(handlers::imports::show_workbook)))
                .service(only_post("/imports/{import}/commit", web::post().to(handlers::imports::commit_import)))
                .service(only_post(
                    "/imports/{import}/suggestions",
                    web::post().to(handlers::imports::accept_suggestions),
                ))
                .service(only_post("/imports/{import}/undo", web::post().to(handlers::imports::undo_import)))
                .service(only_get("/place", read().to(handlers::place::find_place)))
                .service(only_get("/quality", read().to(handlers::quality::show_quality)))
                .service(only_get("/rows", read().to(handlers::items::list_rows)))
                .service(methods(
                    "/indicators",
                    "GET, HEAD, OPTIONS, POST",
                    [
                        read().to(handlers::statements::list_indicators),
                        web::post().to(handlers::statements::define_indicator),
                    ],
                ))
                .service(methods(
                    "/indicators/{indicator}",
                    "DELETE, GET, HEAD, OPTIONS, PATCH",
                    [
                        read().to(handlers::statements::find_indicator),
                        web::patch().to(handlers::statements::update_indicator),
                        web::delete().to(handlers::statements::delete_indicator),
                    ],
                ))
                .service(methods(
                    "/indicators/{indicator}/values",
                    "GET, HEAD, OPTIONS, PUT",
                    [read().to(handlers::statements::list_values), web::put().to(handlers::statements::state_values)],
                ))
                .service(methods(
                    "/baselines",
                    "GET, HEAD, OPTIONS, PUT",
                    [
                        read().to(handlers::statements::list_baselines),
                        web::put().to(handlers::statements::state_baselines),
                    ],
                ))
                .service(methods(
                    "/baselines/{baseline}",
                    "DELETE, OPTIONS",
                    [web::delete().to(handlers::statements::withdraw_baseline)],
                ))
                .service(methods(
                    "/collections/hamlets/items/{id}/availability",
                    "GET, HEAD, OPTIONS, PUT",
                    [
                        read().to(handlers::statements::show_hamlet_availability),
                        web::put().to(handlers::statements::state_hamlet_availability),
                    ],
                ))
                .service(methods(
                    "/units/{unit}/availability",
                    "GET, HEAD, OPTIONS, PUT",
                    [
                        read().to(handlers::statements::show_unit_availability),
                        web::put().to(handlers::statements::state_unit_availability),
                    ],
                ))
                .service(only_post("/statements/imports", web::post().to(handlers::statements::import_statements)))
                .service(only_get(
                    "/statements/import-template.xlsx",
                    read().to(handlers::statements::show_statement_template),
                ))
                .service(only_post("/units/imports", web::post().to(handlers::unit_imports::import_units)))
                .service(only_get(
                    "/statements/{kind}/{statement}/history",
                    read().to(handlers::statements::list_statement_versions),
                ))
                .service(only_get("/unit-groups", read().to(handlers::units::list_unit_groups)))
                .service(methods(
                    "/unit-groups/{group}",
                    "DELETE, GET, HEAD, OPTIONS, PUT",
                    [
                        read().to(handlers::units::find_unit_group),
                        web::put().to(handlers::units::replace_unit_group),
                        web::delete().to(handlers::units::delete_unit_group),
                    ],
                ))
                .service(only_get("/collections/{collection}/tiles", read().to(handlers::tiles::list_tilesets)))
                .service(only_get(
                    "/collections/{collection}/tiles/WebMercatorQuad",
                    read().to(handlers::tiles::find_tileset),
                ))
                .service(only_get(
                    "/collections/{collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}",
                    read().to(handlers::tiles::find_collection_tile),
                ))
                .service(only_get("/tiles/{collections}/{z}/{x}/{y}.mvt", read().to(handlers::tiles::find_tile)))
                .service(only_get("/tiles/{collections}.json", read().to(handlers::tiles::show_tilejson)))
                .service(only_get("/styles/{style}.json", read().to(handlers::styles::show_style)))
                .service(only_get("/glyphs/{fontstack}/{range}.pbf", read().to(handlers::glyphs::show_glyphs)))
                .service(only_get("/tileMatrixSets", read().to(handlers::tiles::list_tile_matrix_sets)))
                .service(only_get("/tileMatrixSets/WebMercatorQuad", read().to(handlers::tiles::find_tile_matrix_set)))
                .service(only_get("/export.gpkg", read().to(handlers::exports::export_package)))
                .service(only_get("/units/{unit}", read().to(handlers::units::find_unit)))
                .service(only_get("/stats", read().to(handlers::stats::list_stats)))
                .service(only_get("/stats/definitions", read().to(handlers::stats::list_definitions)))
                .service(only_get("/stats/{unit}", read().to(handlers::stats::show_stats)))
                .service(only_post(
                    "/collections/{collection}/items/{id}/erase",
                    web::post().to(handlers::erasure::erase_fields),
                ))
                .service(only_get("/audit", read().to(handlers::audit::list_events)))
                .service(only_get("/changes", read().to(handlers::changes::list_changes)))
                .service(only_get("/changes/stream", read().to(handlers::changes::stream_changes)))
                .service(only_post("/auth/login", web::post().to(handlers::auth::log_in)))
                .service(only_post("/auth/logout", web::post().to(handlers::auth::log_out)))
                .service(only_get("/auth/me", read().to(handlers::auth::show_me)))
                .service(only_post("/auth/confirmation", web::post().to(handlers::auth::confirm_session)))
                .service(only_get("/auth/events", read().to(handlers::auth::list_own_events)))
                .service(methods(
                    "/auth/second-factor",
                    "DELETE, OPTIONS, POST",
                    [
                        web::post().to(handlers::auth::begin_second_factor),
                        web::delete().to(handlers::auth::remove_second_factor),
                    ],
                ))
                .service(only_post(
                    "/auth/second-factor/confirmation",
                    web::post().to(handlers::auth::confirm_second_factor),
                ))
                .service(only_post(
                    "/auth/second-factor/recovery-codes",
                    web::post().to(handlers::auth::renew_recovery_codes),
                ))
                .service(only_post("/auth/password", web::post().to(handlers::auth::change_password)))
                .service(only_post("/auth/setup", web::post().to(handlers::auth::set_password)))
                .service(only_get("/auth/sessions", read().to(handlers::auth::list_sessions)))
                .service(methods(
                    "/auth/sessions/{session}",
                    "DELETE, OPTIONS",
                    [web::delete().to(handlers::auth::end_session)],
                ))
                .service(methods(
                    "/tokens",
                    "GET, HEAD, OPTIONS, POST",
                    [read().to(handlers::tokens::list_tokens), web::post().to(handlers::tokens::create_token)],
                ))
                .service(methods(
                    "/tokens/{token}",
                    "DELETE, OPTIONS",
                    [web::delete().to(handlers::tokens::revoke_token)],
                ))
                .service(only_post("/tokens/{token}/rotation", web::post().to(handlers::tokens::rotate_token)))
                .service(methods(
                    "/users",
                    "GET, HEAD, OPTIONS, POST",
                    [read().to(handlers::users::list_users), web::post().to(handlers::users::create_user)],
                ))
                .service(methods(
                    "/users/{user}",
                    "GET, HEAD, OPTIONS, PATCH",
                    [read().to(handlers::users::find_user), web::patch().to(handlers::users::update_user)],
                ))
                .service(only_post(
                    "/users/{user}/password-link",
                    web::post().to(handlers::users::create_password_link),
                ))
                .service(methods(
                    "/users/{user}/second-factor",
                    "DELETE, OPTIONS",
                    [web::delete().to(handlers::users::reset_second_factor)],
                ))
                .service(only_post("/users/{user}/unlock", web::post().to(handlers::users::unlock_user)))
                .service(methods(
                    "/users/{user}/grants",
                    "GET, HEAD, OPTIONS, POST",
                    [read().to(handlers::users::list_grants), web::post().to(handlers::users::create_grant)],
                ))
                .service(methods(
                    "/users/{user}/grants/{grant}",
                    "DELETE, OPTIONS",
                    [web::delete().to(handlers::users::revoke_grant)],
                ))
                .service(only_post(
                    "/users/{user}/grants/{grant}/review",
                    web::post().to(handlers::users::review_grant),
                )),
        );
}

/// A path with its methods, which the answers to `OPTIONS` and the 405 errors list.
fn methods<const N: usize>(path: &str, allow: &'static str, routes: [Route; N]) -> Resource {
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    resource
        .route(options().to(move || ready(envelope::allow(allow))))
        .default_service(web::to(move || ready(envelope::refuse_method(allow))))
}

fn only_get(path: &str, handler: Route) -> Resource {
    methods(path, envelope::READING, [handler])
}

fn only_post(path: &str, handler: Route) -> Resource {
    methods(path, "POST, OPTIONS", [handler])
}

/// A route for `GET`, and for `HEAD`, which is the same without the body.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

fn options() -> Route {
    web::method(actix_web::http::Method::OPTIONS)
}
