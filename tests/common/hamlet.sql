-- A hamlet of Phường Tây in communes.sql.
insert into hamlets (id, code, name, kind, declared_commune_code, declared_on, installed_on, effective_on)
values (1001, '00001-1', 'Thôn Một', 'thon', '00001', '2025-07-01', '2025-07-01', '2025-07-01');
select number_changes();
