drop table import_mappings;
drop table import_rows;
drop table imports;
