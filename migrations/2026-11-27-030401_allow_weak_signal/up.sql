-- Signal that reaches a hamlet but does not serve it ("lõm sóng") is neither available nor absent.

alter table availability drop constraint availability_state_check;
alter table availability add constraint availability_state_check
  check (state in ('connected', 'available', 'weak', 'planned', 'not_available', 'unknown'));
alter table availability add constraint availability_weak_check check (state <> 'weak' or technology <> 'fiber');
comment on constraint availability_weak_check on availability is 'Only a radio signal can be weak.';
