call unregister_layer('wifi_points');
