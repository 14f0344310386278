-- Printed by `hatang layer sql fiber-areas`.

create table fiber_areas (
  like asset including defaults including constraints,
  geom geometry(MultiPolygon, 4326),
  public_geom geometry(MultiPolygon, 4326),
  operator text not null
    constraint fiber_areas_operator_check check (operator in ('viettel', 'mobifone', 'vnpt', 'vietnamobile', 'gmobile', 'other')),
  technology text
    constraint fiber_areas_technology_check check (technology in ('ftth', 'hfc', 'fwa')),
  max_down_mbps double precision
    constraint fiber_areas_max_down_mbps_check check (max_down_mbps between 0.1 and 1000000),
  households_passed integer
    constraint fiber_areas_households_passed_check check (households_passed between 0 and 10000000),
  basis text
    constraint fiber_areas_basis_check check (basis in ('reported', 'surveyed', 'measured', 'modelled')),
  constraint fiber_areas_pkey primary key (id),
  constraint fiber_areas_commune_fkey foreign key (commune_id) references admin_units,
  constraint fiber_areas_hamlet_fkey foreign key (hamlet_id) references admin_units,
  constraint fiber_areas_place_check check (geom is not null or declared_commune_code is not null),
  constraint fiber_areas_name_check check (length(name) between 1 and 200)
);

create unique index fiber_areas_code_key on fiber_areas (coalesce(source_org, ''), code, public);
create unique index fiber_areas_external_id_key on fiber_areas (coalesce(source_org, ''), external_id, public)
where external_id is not null;
create index fiber_areas_geom_idx on fiber_areas using gist (geom);
create index fiber_areas_public_geom_idx on fiber_areas using gist (public_geom);
create index fiber_areas_commune_idx on fiber_areas (commune_id);
create index fiber_areas_public_commune_idx on fiber_areas (public_commune_code, id);
create index fiber_areas_hamlet_idx on fiber_areas (hamlet_id);
create index fiber_areas_search_idx on fiber_areas using gin (search gin_trgm_ops);
create index fiber_areas_public_search_idx on fiber_areas using gin (public_search gin_trgm_ops);
create index fiber_areas_operator_idx on fiber_areas (operator);
