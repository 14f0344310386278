call unregister_layer('towers');
