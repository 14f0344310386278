drop function erase_fields(text, bigint, jsonb, text, text, text);
drop function without_values(text, text[]);
drop function erasure_hash(text, jsonb);
create or replace procedure unregister_layer(layer_table text)
language plpgsql
as $procedure$
begin
  execute format('drop function %I(date)', layer_table || '_as_of');
  execute format('drop table %I', layer_table);
  delete from changes where collection = collection_of(layer_table);
  delete from versions where collection = collection_of(layer_table);
  delete from layers where collection = collection_of(layer_table);
end
$procedure$;

drop trigger versions_final on versions;

create or replace function audit_is_final() returns trigger
language plpgsql
as $$
begin
  raise exception 'the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end
$$;

drop index audit_action_idx;
alter table versions drop erased;
