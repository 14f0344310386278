-- Printed by `hatang layer sql fiber-routes`.

create table fiber_routes (
  like asset including defaults including constraints,
  geom geometry(Geometry, 4326)
    constraint fiber_routes_geom_check check (geometrytype(geom) in ('LINESTRING', 'MULTILINESTRING') and not st_isempty(geom)),
  public_geom geometry(Geometry, 4326),
  operator text not null
    constraint fiber_routes_operator_check check (operator in ('viettel', 'mobifone', 'vnpt', 'vietnamobile', 'gmobile', 'other')),
  deployment text
    constraint fiber_routes_deployment_check check (deployment in ('above_ground', 'below_ground')),
  fiber_count integer
    constraint fiber_routes_fiber_count_check check (fiber_count between 1 and 10000),
  cable_km double precision
    constraint fiber_routes_cable_km_check check (cable_km between 0.001 and 100000),
  route_km double precision,
  constraint fiber_routes_pkey primary key (id),
  constraint fiber_routes_commune_fkey foreign key (commune_id) references admin_units,
  constraint fiber_routes_hamlet_fkey foreign key (hamlet_id) references admin_units,
  constraint fiber_routes_place_check check (geom is not null or declared_commune_code is not null),
  constraint fiber_routes_name_check check (length(name) between 1 and 200)
);

create unique index fiber_routes_code_key on fiber_routes (coalesce(source_org, ''), code, public);
create unique index fiber_routes_external_id_key on fiber_routes (coalesce(source_org, ''), external_id, public)
where external_id is not null;
create index fiber_routes_geom_idx on fiber_routes using gist (geom);
create index fiber_routes_public_geom_idx on fiber_routes using gist (public_geom);
create index fiber_routes_commune_idx on fiber_routes (commune_id);
create index fiber_routes_public_commune_idx on fiber_routes (public_commune_code, id);
create index fiber_routes_hamlet_idx on fiber_routes (hamlet_id);
create index fiber_routes_search_idx on fiber_routes using gin (search gin_trgm_ops);
create index fiber_routes_public_search_idx on fiber_routes using gin (public_search gin_trgm_ops);
create index fiber_routes_operator_idx on fiber_routes (operator);
