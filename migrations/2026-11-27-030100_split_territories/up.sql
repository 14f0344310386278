-- A version of a province stands for one territory, and a boundary may be derived from what the unit was or became.
alter table admin_units drop constraint admin_units_geom_source_check;
alter table admin_units add constraint admin_units_geom_source_check
  check (geom_source in ('demo', 'import', 'children', 'lineage'));
alter table admin_units add column geom_key text;
comment on column admin_units.geom_key is 'A digest of the boundaries from which this one was united.';
comment on column admin_units.geom_source is
  'children: the union of the boundaries of its communes; lineage: the same territory under another version.';

-- Provinces that took in others, or gave communes away, and yet were one version: they end on the day before.
do $$
declare
  torn record;
  whole admin_units;
  second bigint;
begin
  for torn in
    select p.id, was.valid_to + 1 as day, false as gave
    from admin_changes c
    join admin_units was on was.id = c.from_id
    join admin_units p on p.id = c.to_id
    where p.level = 'province' and p.valid_from <= was.valid_to
    union
    select p.id, became.valid_from, true
    from admin_changes c
    join admin_units p on p.id = c.from_id
    join admin_units became on became.id = c.to_id
    where p.level = 'province' and became.valid_from > p.valid_from and became.valid_from <= coalesce(p.valid_to, 'infinity')
    order by day desc, gave desc
  loop
    select * into whole from admin_units where id = torn.id;
    continue when not in_force(whole.valid_from, whole.valid_to, torn.day);
    update admin_units
    set valid_to = torn.day - 1,
      geom = case when geom_source <> 'children' then geom end,
      geom_source = nullif(geom_source, 'children')
    where id = whole.id;
    insert into admin_units (level, code, name, kind, valid_from, valid_to, source, geom, geom_source)
    values (whole.level, whole.code, whole.name, whole.kind, torn.day, whole.valid_to, whole.source, whole.geom, whole.geom_source)
    returning id into second;
    update admin_changes c set to_id = second
    from admin_units was
    where c.to_id = whole.id and was.id = c.from_id and was.valid_to = torn.day - 1;
    update admin_changes c set from_id = second
    from admin_units became
    where c.from_id = whole.id and became.id = c.to_id and became.valid_from > torn.day;
    insert into admin_changes (from_id, to_id, part, kind)
    values (whole.id, second, case when torn.gave then 'partial' else 'full' end, case when torn.gave then 'split' else 'merged' end);
    update declared_baselines set unit_id = second where unit_id = whole.id and on_day >= torn.day;
  end loop;
end
$$;
