-- Printed by `hatang layer sql facilities --add video_conference`.

alter table facilities
  add column video_conference boolean;
