alter table reference_state drop column communes_on;
