drop view hamlets;
drop view communes;
drop view districts;
drop view provinces;
drop view unit_layer;
