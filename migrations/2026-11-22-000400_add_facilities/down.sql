call unregister_layer('facilities');
