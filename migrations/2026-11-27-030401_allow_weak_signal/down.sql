delete from availability where state = 'weak';
alter table availability drop constraint availability_weak_check;
alter table availability drop constraint availability_state_check;
alter table availability add constraint availability_state_check
  check (state in ('connected', 'available', 'planned', 'not_available', 'unknown'));
