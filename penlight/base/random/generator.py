"""`Generator`: the stream together with everything that is drawn from it."""

import numpy as np

from penlight.base.random import normal as normals
from penlight.base.random import permute, rejection, sampling
from penlight.base.random import uniform as uniforms
from penlight.base.random.engine import Engine


def _shape(shape):
    return (int(shape),) if np.ndim(shape) == 0 else tuple(int(size) for size in shape)


class Generator(Engine):
    """A stream of random numbers, the same as PyTorch's CPU generator of the same seed.

    Arrays in, arrays out: each method returns a fresh NumPy array of the given shape, its
    elements in C order. Arguments are taken as valid; callers check them.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Generator.html

    >>> Generator().manual_seed(1).uniform((2,), np.float32)
    array([0.7576316 , 0.27931088], dtype=float32)
    """

    def __init__(self, device="cpu"):
        super().__init__()
        self.device = device

    def uniform(self, shape, dtype, low=0.0, high=1.0):
        return uniforms.uniform(self, _shape(shape), np.dtype(dtype), low, high)

    def normal(self, shape, dtype, mean=0.0, std=1.0, contiguous=True):
        return normals.normal(self, _shape(shape), np.dtype(dtype), mean, std, contiguous)

    def standard_normal_serial(self, count):
        return normals.serial(self, count, exact=True)

    def randint(self, shape, low, high, dtype=np.int64):
        return uniforms.randint(self, _shape(shape), low, high, np.dtype(dtype))

    def random(self, shape, dtype):
        return uniforms.random(self, _shape(shape), np.dtype(dtype))

    def randperm(self, count):
        return permute.randperm(self, int(count))

    def bernoulli(self, shape, probability):
        return uniforms.bernoulli(self, _shape(shape), probability)

    def bernoulli_tensor(self, probabilities):
        return uniforms.bernoulli_tensor(self, probabilities)

    def exponential(self, shape, dtype, lambd=1.0):
        return sampling.exponential(self, _shape(shape), np.dtype(dtype), lambd)

    def cauchy(self, shape, dtype, median=0.0, sigma=1.0):
        return sampling.cauchy(self, _shape(shape), np.dtype(dtype), median, sigma)

    def geometric(self, shape, dtype, probability):
        return sampling.geometric(self, _shape(shape), np.dtype(dtype), probability)

    def log_normal(self, shape, dtype, mean=1.0, std=2.0):
        return sampling.log_normal(self, _shape(shape), np.dtype(dtype), mean, std)

    def multinomial(self, weights, count, replacement=False):
        return sampling.multinomial(self, weights, int(count), replacement)

    def poisson(self, rates):
        return rejection.poisson(self, rates)

    def standard_gamma(self, alphas):
        return rejection.standard_gamma(self, alphas)

    def binomial(self, counts, probabilities):
        return rejection.binomial(self, counts, probabilities)


default_generator = Generator()
