call unregister_layer('fiber_routes');
drop function fiber_routes_public();
