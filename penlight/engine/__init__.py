"""The autograd graph's records and the backward engine; knows no Tensor class."""
