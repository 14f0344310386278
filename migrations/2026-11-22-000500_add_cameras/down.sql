call unregister_layer('cameras');
drop function cameras_public();
