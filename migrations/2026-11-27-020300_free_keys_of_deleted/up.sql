-- A deleted record no longer holds its keys: they can be registered again, or the record restored. The further index
-- finds the few deleted records.

drop index facilities_code_key;
drop index facilities_external_id_key;
create unique index facilities_code_key on facilities (coalesce(source_org, ''), code, public) where deleted_at is null;
create unique index facilities_external_id_key on facilities (coalesce(source_org, ''), external_id, public)
where external_id is not null and deleted_at is null;
create index facilities_deleted_idx on facilities (id) where deleted_at is not null;

drop index cameras_code_key;
drop index cameras_external_id_key;
create unique index cameras_code_key on cameras (coalesce(source_org, ''), code, public) where deleted_at is null;
create unique index cameras_external_id_key on cameras (coalesce(source_org, ''), external_id, public)
where external_id is not null and deleted_at is null;
create index cameras_deleted_idx on cameras (id) where deleted_at is not null;

drop index towers_code_key;
drop index towers_external_id_key;
create unique index towers_code_key on towers (coalesce(source_org, ''), code, public) where deleted_at is null;
create unique index towers_external_id_key on towers (coalesce(source_org, ''), external_id, public)
where external_id is not null and deleted_at is null;
create index towers_deleted_idx on towers (id) where deleted_at is not null;

drop index wifi_points_code_key;
drop index wifi_points_external_id_key;
create unique index wifi_points_code_key on wifi_points (coalesce(source_org, ''), code, public) where deleted_at is null;
create unique index wifi_points_external_id_key on wifi_points (coalesce(source_org, ''), external_id, public)
where external_id is not null and deleted_at is null;
create index wifi_points_deleted_idx on wifi_points (id) where deleted_at is not null;

drop index fiber_routes_code_key;
drop index fiber_routes_external_id_key;
create unique index fiber_routes_code_key on fiber_routes (coalesce(source_org, ''), code, public) where deleted_at is null;
create unique index fiber_routes_external_id_key on fiber_routes (coalesce(source_org, ''), external_id, public)
where external_id is not null and deleted_at is null;
create index fiber_routes_deleted_idx on fiber_routes (id) where deleted_at is not null;

drop index fiber_areas_code_key;
drop index fiber_areas_external_id_key;
create unique index fiber_areas_code_key on fiber_areas (coalesce(source_org, ''), code, public) where deleted_at is null;
create unique index fiber_areas_external_id_key on fiber_areas (coalesce(source_org, ''), external_id, public)
where external_id is not null and deleted_at is null;
create index fiber_areas_deleted_idx on fiber_areas (id) where deleted_at is not null;

drop index loudspeakers_code_key;
drop index loudspeakers_external_id_key;
create unique index loudspeakers_code_key on loudspeakers (coalesce(source_org, ''), code, public) where deleted_at is null;
create unique index loudspeakers_external_id_key on loudspeakers (coalesce(source_org, ''), external_id, public)
where external_id is not null and deleted_at is null;
create index loudspeakers_deleted_idx on loudspeakers (id) where deleted_at is not null;
