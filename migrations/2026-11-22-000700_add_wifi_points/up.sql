create table wifi_points (
  like asset including defaults including constraints,
  geom geometry(Point, 4326),
  public_geom geometry(Point, 4326),
  ssid text,
  facility_id bigint,
  venue_type text,
  fee text,
  auth text,
  ap_count integer not null default 1,
  radius_m double precision,
  isp text,
  downlink_mbps double precision,
  constraint wifi_points_facility_fkey foreign key (facility_id) references facilities (id),
  constraint wifi_points_place_check check (geom is not null or declared_commune_code is not null),
  constraint wifi_points_ssid_check check (octet_length(ssid) between 1 and 32),
  constraint wifi_points_venue_type_check check (venue_type in ('commune_office', 'agency_office', 'school', 'health_station',
    'cultural_house', 'post_office', 'market', 'bus_station', 'heritage_site', 'border_post', 'other')),
  constraint wifi_points_fee_check check (fee in ('no', 'yes', 'customers')),
  constraint wifi_points_auth_check check (auth in ('open', 'captive_portal', 'password_on_request', 'voucher')),
  constraint wifi_points_ap_count_check check (ap_count between 1 and 1000),
  constraint wifi_points_radius_check check (radius_m > 0),
  constraint wifi_points_downlink_check check (downlink_mbps > 0)
);
comment on table wifi_points is 'Public Wi-Fi. Reports count the facilities that have it, not the points.';
comment on column wifi_points.ssid is 'At most 32 octets, IEEE 802.11.';

call register_layer('wifi_points', '{code,name,ssid,facility_id,venue_type,fee,auth,ap_count,radius_m,isp,downlink_mbps,location_accuracy_m,declared_commune_code,declared_on,hamlet_id,address,lifecycle_status,operational_state,installed_on,decommissioned_on,managing_org,effective_on,verified_at}');
create index wifi_points_facility_idx on wifi_points (facility_id);
