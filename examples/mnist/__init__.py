"""Reading handwritten digits: from raw tensors, piece by piece, to a convolutional net."""
