-- Printed by `hatang layer sql cameras`.

create table cameras (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  public_name text,
  eye_count integer not null default 1
    constraint cameras_eye_count_check check (eye_count between 1 and 16),
  camera_type text
    constraint cameras_camera_type_check check (camera_type in ('fixed', 'panning', 'dome')),
  surveillance_zone text
    constraint cameras_surveillance_zone_check check (surveillance_zone in (
      'traffic', 'town', 'market', 'school', 'public_office', 'residential_gate',
      'border', 'parking', 'other')),
  managing_level text not null
    constraint cameras_managing_level_check check (managing_level in (
      'province_police', 'district_police', 'commune_police', 'commune_committee',
      'department', 'school', 'enterprise', 'household')),
  funding text
    constraint cameras_funding_check check (funding in ('budget', 'socialised', 'enterprise', 'private')),
  connected_center text
    constraint cameras_connected_center_check check (connected_center in ('none', 'commune', 'district', 'province')),
  azimuth_deg double precision
    constraint cameras_azimuth_deg_check check (azimuth_deg between 0 and 359.9),
  hfov_deg double precision
    constraint cameras_hfov_deg_check check (hfov_deg between 1 and 360),
  range_m double precision
    constraint cameras_range_m_check check (range_m between 0.1 and 10000),
  height_m double precision
    constraint cameras_height_m_check check (height_m between 0 and 200),
  resolution text
    constraint cameras_resolution_check check (length(resolution) between 1 and 11 and resolution ~ '^[0-9]{2,5}x[0-9]{2,5}$'),
  manufacturer text
    constraint cameras_manufacturer_check check (length(manufacturer) between 1 and 100),
  model text
    constraint cameras_model_check check (length(model) between 1 and 100),
  retention_days integer
    constraint cameras_retention_days_check check (retention_days between 0 and 3650),
  legal_class text
    constraint cameras_legal_class_check check (legal_class in ('public_security', 'traffic', 'internal', 'operational_police')),
  serial_number text
    constraint cameras_serial_number_check check (length(serial_number) between 1 and 100),
  owner_name text
    constraint cameras_owner_name_check check (length(owner_name) between 1 and 200),
  owner_phone text
    constraint cameras_owner_phone_check check (length(owner_phone) between 1 and 30),
  vms_ref text
    constraint cameras_vms_ref_check check (length(vms_ref) between 1 and 200),
  constraint cameras_pkey primary key (id),
  constraint cameras_commune_fkey foreign key (commune_id) references admin_units,
  constraint cameras_hamlet_fkey foreign key (hamlet_id) references admin_units,
  constraint cameras_place_check check (geom is not null or declared_commune_code is not null),
  constraint cameras_name_check check (length(name) between 1 and 200)
);

create unique index cameras_code_key on cameras (coalesce(source_org, ''), code, public);
create unique index cameras_external_id_key on cameras (coalesce(source_org, ''), external_id, public)
where external_id is not null;
create index cameras_geom_idx on cameras using gist (geom);
create index cameras_public_geom_idx on cameras using gist (public_geom);
create index cameras_commune_idx on cameras (commune_id);
create index cameras_public_commune_idx on cameras (public_commune_code, id);
create index cameras_hamlet_idx on cameras (hamlet_id);
create index cameras_search_idx on cameras using gin (search gin_trgm_ops);
create index cameras_public_search_idx on cameras using gin (public_search gin_trgm_ops);
create index cameras_managing_level_idx on cameras (managing_level);
