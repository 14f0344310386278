drop index versions_no_place_idx, versions_place_idx, admin_units_code_idx;
drop table summary_parts;
comment on column summaries.built_until is 'The last record id that is built, while the sums are built; null when they are complete.';
