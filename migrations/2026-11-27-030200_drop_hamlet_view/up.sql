-- Hamlets are no longer a view of administrative units: the next migrations make them records of a layer.
drop view hamlets;
