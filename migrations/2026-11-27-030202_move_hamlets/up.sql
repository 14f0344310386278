-- A hamlet becomes a record: it stays while its commune is merged or gets another code.

-- The hamlets that bore a code on some day.
create index versions_hamlet_code_idx on versions ((changes ->> 'code')) where collection = 'hamlets' and changes ? 'code';

-- The units of level hamlet, which only the demo made. Versions that were recoded into each other, one into one, are one
-- record: the first of them keeps its id.
insert into layers (collection) values ('hamlets');

create temporary table moved on commit drop as
with recursive chain as (
  select u.id, u.id as record, 1 as version
  from admin_units u
  where u.level = 'hamlet' and not exists (select from admin_changes c where c.to_id = u.id)
  union all
  select next.id, chain.record, chain.version + 1
  from chain
  join admin_changes c on c.from_id = chain.id and c.part = 'full'
  join admin_units next on next.id = c.to_id and next.level = 'hamlet'
)
select u.*, chain.record, chain.version,
  case u.kind when 'thôn' then 'thon' when 'xóm' then 'xom' when 'bản' then 'ban' when 'làng' then 'lang' when 'buôn' then 'buon'
    when 'tổ dân phố' then 'to_dan_pho' when 'khối phố' then 'khoi_pho' when 'khu phố' then 'khu_pho' when 'ấp' then 'ap'
    when 'khóm' then 'khom' else case when u.kind is not null then 'other' end end as kind_value
from chain
join admin_units u on u.id = chain.id;

insert into hamlets (id, code, name, kind, declared_commune_code, declared_on, commune_id, commune_code, public_commune_code,
  hamlet_id, lifecycle_status, installed_on, decommissioned_on, source, effective_on, version, public_version, created_by,
  updated_by, search, public_search, geom, public_geom, households, population, counted_on, counted_source)
select m.record, m.code, m.name, m.kind_value, m.parent_code, m.valid_from, c.id, c.code, c.code,
  m.record, case when m.valid_to < current_date then 'decommissioned' else 'operational' end, first.valid_from, m.valid_to + 1,
  'import', m.valid_from, m.version, m.version, 'demo', 'demo', fold(concat_ws(' ', m.code, m.name)),
  fold(concat_ws(' ', m.code, m.name)), m.geom, m.geom, m.households, m.population, m.counted_on,
  case when m.counted_on is not null then coalesce(m.counted_source, 'demo') end
from moved m
join moved first on first.id = m.record
left join admin_units c on c.level = 'commune' and c.code = m.parent_code and in_force(c.valid_from, c.valid_to, current_date)
where not exists (select from moved later where later.record = m.record and later.version > m.version);

insert into versions (collection, record_id, version, op, effective_on, at, by, changes)
select 'hamlets', m.record, m.version, case m.version when 1 then 'create' else 'update' end, m.valid_from, now(), 'demo',
  case m.version when 1 then jsonb_strip_nulls(to_jsonb(jsonb_populate_record(h, '{"geom": null, "public_geom": null}'))
    || jsonb_build_object('geom', st_asgeojson(m.geom, 15, 0)::jsonb, 'public_geom', st_asgeojson(m.geom, 15, 0)::jsonb))
    - '{search,public_search,decommissioned_on}'::text[] || '{"lifecycle_status": "operational"}' else '{}' end
  || jsonb_strip_nulls(jsonb_build_object('code', m.code, 'name', m.name, 'kind', m.kind_value, 'declared_commune_code', m.parent_code,
    'declared_on', m.valid_from, 'effective_on', m.valid_from, 'version', m.version, 'public_version', m.version))
  || case when m.version = h.version
    then jsonb_build_object('lifecycle_status', h.lifecycle_status, 'decommissioned_on', h.decommissioned_on) else '{}' end
from moved m
join hamlets h on h.id = m.record;

insert into changes (collection, record_id, op, version, public_op, public_version, at, is_commune_id, is_hamlet_id, is_public)
select 'hamlets', h.id, 'create', h.version, 'create', h.version, now(), h.commune_id, h.id, true
from hamlets h;

-- What names the later versions names the record. Triggers would make versions of it, and history is otherwise final.
do $$
declare
  layer text;
begin
  foreach layer in array '{cameras,towers,wifi_points,fiber_routes,fiber_areas,facilities,loudspeakers}'::text[] loop
    execute format('alter table %I drop constraint %I', layer, layer || '_hamlet_fkey');
    execute format('alter table %I disable trigger user', layer);
    execute format('update %I t set hamlet_id = m.record from moved m where m.id = t.hamlet_id and m.record <> m.id', layer);
    execute format('alter table %I enable trigger user', layer);
    execute format('alter table %I add constraint %I foreign key (hamlet_id) references hamlets', layer, layer || '_hamlet_fkey');
  end loop;
  perform set_config('hatang.final', 'erasure', true);
  update versions v set changes = v.changes || jsonb_build_object('hamlet_id', m.record)
  from moved m where v.collection <> 'hamlets' and (v.changes ->> 'hamlet_id')::bigint = m.id and m.record <> m.id;
  perform set_config('hatang.final', '', true);
  update changes c set was_hamlet_id = m.record from moved m where m.id = c.was_hamlet_id and m.record <> m.id;
  update changes c set is_hamlet_id = m.record from moved m where m.id = c.is_hamlet_id and m.record <> m.id;
end
$$;

alter table availability drop constraint availability_hamlet_fkey;
update availability a set hamlet_id = m.record from moved m where m.id = a.hamlet_id and m.record <> m.id;
alter table availability
  add constraint availability_hamlet_fkey foreign key (hamlet_id) references hamlets;

update grants g set hamlets = array(select m.record from unnest(g.hamlets) h join moved m on m.id = h)
where cardinality(g.hamlets) > 0;
update tokens t set hamlets = array(select m.record from unnest(t.hamlets) h join moved m on m.id = h)
where cardinality(t.hamlets) > 0;

delete from declared_baselines b using moved m where m.id = b.unit_id;
delete from admin_units where level = 'hamlet';
alter table admin_units
  drop constraint admin_units_level_check,
  drop constraint admin_units_code_check,
  drop constraint admin_units_parent_check,
  drop constraint admin_units_geom_check,
  add constraint admin_units_level_check check (level in ('province', 'district', 'commune')),
  add constraint admin_units_code_check check (code ~ case level
    when 'province' then '^[0-9]{2}$' when 'district' then '^[0-9]{3}$' else '^[0-9]{5}$' end),
  add constraint admin_units_parent_check check (case level
    when 'province' then parent_code is null
    when 'district' then parent_code ~ '^[0-9]{2}$'
    else parent_code ~ '^[0-9]{2,3}$' end),
  add constraint admin_units_geom_check check (
    (geom is null) = (geom_source is null) and geometrytype(geom) = 'MULTIPOLYGON' and not st_isempty(geom));
comment on table admin_units is 'Provinces, districts and communes, a row a version.';
comment on column grants.hamlets is 'The record of the hamlet of a grant on a hamlet; communes is then empty.';
