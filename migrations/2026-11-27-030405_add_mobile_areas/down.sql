drop table mobile_areas;
