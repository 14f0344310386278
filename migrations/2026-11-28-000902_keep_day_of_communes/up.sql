-- The records of a country are looked at again only when communes came into force or ended since.
alter table reference_state add column communes_on date;
comment on column reference_state.communes_on is 'The day whose communes all records have; null after units were written, until refresh_communes().';
