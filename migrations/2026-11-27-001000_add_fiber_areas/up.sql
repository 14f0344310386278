create table fiber_areas (
  like asset including defaults including constraints,
  geom geometry(MultiPolygon, 4326),
  public_geom geometry(MultiPolygon, 4326),
  operator text not null,
  technology text,
  max_down_mbps double precision,
  households_passed integer,
  basis text,
  constraint fiber_areas_place_check check (geom is not null or declared_commune_code is not null),
  constraint fiber_areas_operator_check check (operator in ('viettel', 'mobifone', 'vnpt', 'vietnamobile', 'gmobile', 'other')),
  constraint fiber_areas_technology_check check (technology in ('ftth', 'hfc', 'fwa')),
  constraint fiber_areas_max_down_check check (max_down_mbps > 0),
  constraint fiber_areas_households_check check (households_passed >= 0),
  constraint fiber_areas_basis_check check (basis in ('reported', 'surveyed', 'measured', 'modelled'))
);
comment on table fiber_areas is 'Where an operator says fibre can be ordered. Neither a route nor who is connected.';

alter table fiber_areas
  add constraint fiber_areas_pkey primary key (id),
  add constraint fiber_areas_commune_fkey foreign key (commune_id) references admin_units,
  add constraint fiber_areas_hamlet_fkey foreign key (hamlet_id) references admin_units;
create unique index fiber_areas_code_key on fiber_areas (coalesce(source_org, ''), code, public);
create unique index fiber_areas_external_id_key on fiber_areas (coalesce(source_org, ''), external_id, public) where external_id is not null;
create index fiber_areas_geom_idx on fiber_areas using gist (geom);
create index fiber_areas_public_geom_idx on fiber_areas using gist (public_geom);
create index fiber_areas_commune_idx on fiber_areas (commune_id);
create index fiber_areas_public_commune_idx on fiber_areas (public_commune_code, id);
create index fiber_areas_hamlet_idx on fiber_areas (hamlet_id);
create index fiber_areas_search_idx on fiber_areas using gin (search gin_trgm_ops);
create index fiber_areas_public_search_idx on fiber_areas using gin (public_search gin_trgm_ops);
create index fiber_areas_operator_idx on fiber_areas (operator);
