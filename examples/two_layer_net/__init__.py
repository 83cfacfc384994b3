"""One two-layer net, six ways to train it."""
