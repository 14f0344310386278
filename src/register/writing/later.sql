-- Fields that a later day than that of a written statement has a statement for.
-- $1 jsonb, the rows: nth, id, on (the day), said (the columns stated). $2 text, the collection.
-- Returns nth, name, from: the first later day.
select r.nth, c.name, min(v.effective_on) as "from"
from jsonb_to_recordset($1) as r (nth bigint, id bigint, "on" date, said jsonb)
join versions v on v.collection = $2 and v.record_id = r.id and v.effective_on > r."on"
cross join lateral jsonb_object_keys(stated_by(v)) as c (name)
where r.said ? c.name and c.name = any(later_fields($2, r.id, r."on"))
group by 1, 2
order by 1, 2
