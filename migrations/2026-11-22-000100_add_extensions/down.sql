do $$
begin
  delete from spatial_ref_sys where srid between 9205 and 9218;
exception when insufficient_privilege then
  raise warning 'spatial_ref_sys is not ours';
end
$$;
drop aggregate jsonb_merge(jsonb);
drop function fold(text);
-- The extensions stay: others may use them in this database.
