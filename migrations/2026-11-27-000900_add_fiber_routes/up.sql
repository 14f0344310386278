create table fiber_routes (
  like asset including defaults including constraints,
  geom geometry(Geometry, 4326),
  public_geom geometry(Geometry, 4326),
  operator text not null,
  deployment text,
  fiber_count integer,
  cable_km double precision,
  route_km double precision,
  constraint fiber_routes_geom_check check (geometrytype(geom) in ('LINESTRING', 'MULTILINESTRING') and not st_isempty(geom)),
  constraint fiber_routes_place_check check (geom is not null or declared_commune_code is not null),
  constraint fiber_routes_operator_check check (operator in ('viettel', 'mobifone', 'vnpt', 'vietnamobile', 'gmobile', 'other')),
  constraint fiber_routes_deployment_check check (deployment in ('above_ground', 'below_ground')),
  constraint fiber_routes_fiber_count_check check (fiber_count between 1 and 10000),
  constraint fiber_routes_cable_km_check check (cable_km > 0)
);
comment on table fiber_routes is 'Fibre cable routes. Not where one can be connected: that is availability, stated per hamlet.';
comment on column fiber_routes.route_km is 'Geodesic length of the route.';
comment on column fiber_routes.public_geom is 'Simplified, on the 0.001 degree grid; null when nothing is left of it.';

alter table fiber_routes
  add constraint fiber_routes_pkey primary key (id),
  add constraint fiber_routes_commune_fkey foreign key (commune_id) references admin_units,
  add constraint fiber_routes_hamlet_fkey foreign key (hamlet_id) references admin_units;
create unique index fiber_routes_code_key on fiber_routes (coalesce(source_org, ''), code, public);
create unique index fiber_routes_external_id_key on fiber_routes (coalesce(source_org, ''), external_id, public) where external_id is not null;
create index fiber_routes_geom_idx on fiber_routes using gist (geom);
create index fiber_routes_public_geom_idx on fiber_routes using gist (public_geom);
create index fiber_routes_commune_idx on fiber_routes (commune_id);
create index fiber_routes_public_commune_idx on fiber_routes (public_commune_code, id);
create index fiber_routes_hamlet_idx on fiber_routes (hamlet_id);
create index fiber_routes_search_idx on fiber_routes using gin (search gin_trgm_ops);
create index fiber_routes_public_search_idx on fiber_routes using gin (public_search gin_trgm_ops);
create index fiber_routes_operator_idx on fiber_routes (operator);
