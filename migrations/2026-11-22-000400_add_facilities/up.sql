create table facilities (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  type text not null,
  data_line boolean,
  security_level integer,
  qr_url text,
  constraint facilities_name_check check (name <> ''),
  constraint facilities_place_check check (geom is not null or declared_commune_code is not null),
  constraint facilities_type_check check (type in ('commune_office', 'agency_office', 'school', 'health_station',
    'cultural_house', 'post_office', 'market', 'bus_station', 'heritage_site', 'border_post', 'other')),
  constraint facilities_security_level_check check (security_level between 1 and 5),
  constraint facilities_qr_url_check check (qr_url ~ '^https?://')
);
alter table facilities alter column name set not null;
comment on table facilities is 'Places that people use: the denominator of the Wi-Fi figures, and the heritage sites.';
comment on column facilities.data_line is 'Connected to the dedicated government data line.';
comment on column facilities.security_level is 'Information security level, Decree 85/2016.';

call register_layer('facilities', '{code,name,type,data_line,security_level,qr_url,location_accuracy_m,declared_commune_code,declared_on,hamlet_id,address,lifecycle_status,operational_state,installed_on,decommissioned_on,managing_org,effective_on,verified_at}');
create index facilities_type_idx on facilities (type);
