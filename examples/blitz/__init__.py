"""A first hour: tensors, gradients, a network, a classifier."""
