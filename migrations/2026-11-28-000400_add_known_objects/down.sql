alter table applied_functions drop column objects;
