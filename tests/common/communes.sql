-- Two communes of today, side by side at 105.75 degrees east, and their predecessors: a town that became one of them as
-- a whole, and a commune that was split between both.
insert into admin_units (level, code, name, parent_code, valid_from, valid_to, source, geom, geom_source)
select level, code, name, parent, valid_from::date, valid_to::date, 'demo', st_multi(box), case when box is not null then 'demo' end
from (values
  ('province', '38', 'Tỉnh Thanh Hóa', null, '2010-01-01', null, null),
  ('district', '405', 'Huyện Đông Sơn', '38', '2010-01-01', '2025-06-30', null),
  ('commune', '00001', 'Phường Tây', '38', '2025-07-01', null, st_makeenvelope(105.6, 19.7, 105.75, 19.9, 4326)),
  ('commune', '00002', 'Xã Đông', '38', '2025-07-01', null, st_makeenvelope(105.75, 19.7, 105.9, 19.9, 4326)),
  ('commune', '00011', 'Thị trấn Cũ', '405', '2010-01-01', '2025-06-30', st_makeenvelope(105.6, 19.7, 105.7, 19.9, 4326)),
  ('commune', '00012', 'Xã Giữa', '405', '2010-01-01', '2025-06-30', st_makeenvelope(105.7, 19.7, 105.9, 19.9, 4326))
) as unit (level, code, name, parent, valid_from, valid_to, box);

insert into admin_changes (from_id, to_id, part, kind)
select old.id, new.id, change.part, change.kind
from (values ('00011', '00001', 'full', 'merged'), ('00012', '00001', 'partial', 'split'), ('00012', '00002', 'partial', 'split'))
  as change (old_code, new_code, part, kind)
join admin_units old on old.code = old_code
join admin_units new on new.code = new_code;
