drop table unit_groups;
