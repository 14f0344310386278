-- The layers, and what anonymous callers see of them.

create or replace function cameras_public() returns trigger
language plpgsql
as $$
begin
  new.public := new.legal_class is distinct from 'operational_police';
  new.public_geom := st_snaptogrid(new.geom, 0.001);
  new.public_name := case when new.managing_level <> 'household' then new.name end;
  new.public_search := fold(concat_ws(' ', new.code, new.public_name));
  return new;
end
$$;

create or replace function fiber_routes_public() returns trigger
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

call register_layer('facilities', '{code,name,type,data_line,security_level,qr_url,location_accuracy_m,declared_commune_code,declared_on,hamlet_id,address,lifecycle_status,operational_state,installed_on,decommissioned_on,managing_org,effective_on,verified_at}', '{}');
call register_layer('cameras', '{code,public_name,eye_count,camera_type,surveillance_zone,managing_level,funding,connected_center,legal_class,lifecycle_status,operational_state,installed_on}', '{serial_number,owner_name,owner_phone,vms_ref,name,public_name}', 'cameras_public');
call register_layer('towers', '{code,name,operator,site_code,station_code,technologies,cell_class,structure,height_m,radius_m,on_air_on,infra_owner,permit_no,location_accuracy_m,declared_commune_code,declared_on,hamlet_id,address,lifecycle_status,operational_state,installed_on,decommissioned_on,managing_org,effective_on,verified_at}', '{cell_ids,backhaul,backup_power_h}');
call register_layer('wifi_points', '{code,name,ssid,facility_id,venue_type,fee,auth,ap_count,radius_m,isp,downlink_mbps,location_accuracy_m,declared_commune_code,declared_on,hamlet_id,address,lifecycle_status,operational_state,installed_on,decommissioned_on,managing_org,effective_on,verified_at}', '{}');
call register_layer('fiber_routes', '{operator,deployment,route_km}', '{}', 'fiber_routes_public');
call register_layer('fiber_areas', '{code,name,operator,technology,max_down_mbps,households_passed,basis,location_accuracy_m,declared_commune_code,declared_on,hamlet_id,address,lifecycle_status,operational_state,installed_on,decommissioned_on,managing_org,effective_on,verified_at}', '{}');
