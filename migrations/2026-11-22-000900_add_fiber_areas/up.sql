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

call register_layer('fiber_areas', '{code,name,operator,technology,max_down_mbps,households_passed,basis,location_accuracy_m,declared_commune_code,declared_on,hamlet_id,address,lifecycle_status,operational_state,installed_on,decommissioned_on,managing_org,effective_on,verified_at}');
create index fiber_areas_operator_idx on fiber_areas (operator);
