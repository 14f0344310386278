call unregister_layer('fiber_areas');
