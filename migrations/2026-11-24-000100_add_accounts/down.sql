drop function grants_of(bigint, date);
drop trigger audit_final on audit;
drop function audit_is_final();
drop index audit_actor_idx;
delete from audit where action not in ('token.create', 'restricted.read');
alter table audit
  drop constraint audit_action_check,
  add constraint audit_action_check check (action in ('token.create', 'restricted.read')),
  drop column address;
comment on table audit is 'Who was given access, and who read restricted fields.';

drop function refresh_grants();
-- Only the console's tokens were every administrator's; a narrowed one must not become that.
delete from tokens where account_id <> (select id from accounts where username = 'console')
  or role is not null or not sees_restricted or collections is not null or operators is not null or unit_code is not null
  or addresses is not null;
drop trigger tokens_scope on tokens;
alter table tokens
  drop constraint tokens_name_key,
  drop constraint tokens_name_check,
  drop constraint tokens_role_check,
  drop constraint tokens_unit_check,
  drop constraint tokens_scope_check,
  drop constraint tokens_operators_check,
  drop constraint tokens_collections_check,
  drop constraint tokens_addresses_check,
  drop column account_id,
  drop column role,
  drop column sees_restricted,
  drop column collections,
  drop column operators,
  drop column unit_code,
  drop column unit_on,
  drop column communes,
  drop column hamlets,
  drop column addresses,
  drop column unconditional_writes,
  drop column last_used_at;
update tokens set name = regexp_replace(name, ' ', '_', 'g') where name ~ ' ';
alter table tokens
  add constraint tokens_name_key unique (name),
  add constraint tokens_name_check check (name ~ '^[[:alnum:]_.@-]{1,60}$');
drop table password_links;
drop table sessions;
drop table grants;
drop function scope_of_unit();
drop function unit_scope(text, date, date);
drop table accounts;
