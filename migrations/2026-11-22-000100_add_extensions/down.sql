delete from spatial_ref_sys where srid between 9205 and 9218;
drop aggregate jsonb_merge(jsonb);
drop function fold(text);
-- The extensions stay: others may use them in this database.
