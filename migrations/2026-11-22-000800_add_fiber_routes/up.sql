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

create function fiber_routes_public() returns trigger
language plpgsql
as $$
declare
  coarse geometry;
begin
  new.route_km := round((st_length(new.geom::geography) / 1000)::numeric, 3);
  coarse := st_snaptogrid(st_simplify(new.geom, 0.001), 0.001);
  new.public := true;
  new.public_geom := case when not st_isempty(coarse) then coarse end;
  new.public_search := '';
  return new;
end
$$;

call register_layer('fiber_routes', '{operator,deployment,route_km}', 'fiber_routes_public');
create index fiber_routes_operator_idx on fiber_routes (operator);
