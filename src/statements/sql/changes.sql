-- What the running transaction wrote to statements of a kind: its time is that of its versions.
-- Values: 1 text, the kind; 2 text, the author.
select jsonb_build_object('op', op, 'before', before - '{id,stated_at,stated_by}'::text[],
  'after', after - '{id,stated_at,stated_by}'::text[])
from statement_versions
where at = now() and kind = $1 and by = $2
