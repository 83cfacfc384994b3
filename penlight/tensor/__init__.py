"""The Tensor class, and what turns the op table into functions and methods."""

from penlight.tensor import backward
from penlight.tensor.conjugate import install_conjugate
from penlight.tensor.early import install_early
from penlight.tensor.indexing import install_indexing
from penlight.tensor.install import install, public_function, public_names, raw_ops, source_of, tensor_ops
from penlight.tensor.multiview import install_multiview
from penlight.tensor.mutation import install_mutation
from penlight.tensor.new import install_new
from penlight.tensor.operators import install_operators
from penlight.tensor.random_fills import install_random
from penlight.tensor.subclass import install_subclassing
from penlight.tensor.tensor import Tensor

__all__ = ["Tensor", "public_function", "public_names", "raw_ops", "source_of", "tensor_ops"]

backward.set_tensor_class(Tensor)
install()
install_operators()
install_early()
install_indexing()
install_mutation()
install_multiview()
install_conjugate()
install_new()
install_random()
install_subclassing()
