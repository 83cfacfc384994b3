"""The draws that the recorded and the live random tests share."""

import base64
import hashlib

import numpy as np

SEEDS = (0, 1, 42, 2**40 + 7, -3)
# The seed whose recorded states are whole, to be loaded and continued from.
STATE_SEED = 42
FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("bool", "uint8", "int8", "int16", "int32", "int64")
# Around the block of 16 of the normal method, and its tail.
SIZES = (1, 3, 15, 16, 17, 20, 40)

# After these the recorded file also holds the generator's state: never drawn from within a
# block, a cached normal waiting, an arbitrary place.
STATE_AFTER = ("normal float32 3", "normal float64 15 scaled", "randperm 1500", "last")


def cases():
    """{name: (method, *arguments)}, in the order in which they are drawn."""
    found = {}
    for dtype in FLOATS:
        for size in SIZES:
            found[f"uniform {dtype} {size}"] = ("uniform", (size,), dtype, 0.0, 1.0)
            found[f"normal {dtype} {size}"] = ("normal", (size,), dtype, 0.0, 1.0)
            found[f"normal {dtype} {size} scaled"] = ("normal", (size,), dtype, 0.3, 1.7)
        found[f"uniform {dtype} bounds"] = ("uniform", (300,), dtype, -0.3, 1.1)
        found[f"uniform {dtype} reaches high"] = ("uniform", (50,), dtype, 1.0, 1.0000003)
        found[f"normal {dtype} strided"] = ("normal_strided", (2, 20), dtype, 0.3, 1.7)
        found[f"random {dtype}"] = ("random", (20,), dtype)
        found[f"randint {dtype}"] = ("randint", (20,), -7, 200, dtype)
        found[f"exponential {dtype}"] = ("exponential", (20,), dtype, 1.7)
        found[f"cauchy {dtype}"] = ("cauchy", (20,), dtype, 0.3, 1.7)
        found[f"geometric {dtype}"] = ("geometric", (20,), dtype, 0.3)
        found[f"log_normal {dtype}"] = ("log_normal", (21,), dtype, 0.3, 0.7)
        found[f"bernoulli_tensor {dtype}"] = ("bernoulli_tensor", (7, 6), dtype)
        found[f"poisson {dtype}"] = ("poisson", 40, dtype)
        found[f"multinomial {dtype}"] = ("multinomial", (3, 9), dtype, 20, True)
        found[f"multinomial one {dtype}"] = ("multinomial", (3, 9), dtype, 1, True)
    for dtype in ("float32", "float64"):
        found[f"gamma {dtype}"] = ("standard_gamma", 40, dtype)
        found[f"binomial {dtype}"] = ("binomial", 40, dtype)
        found[f"multinomial distinct {dtype}"] = ("multinomial", (3, 9), dtype, 5, False)
    for dtype in ("complex64", "complex128"):
        for size in (3, 8, 11):
            found[f"uniform {dtype} {size}"] = ("uniform", (size,), dtype, 0.0, 1.0)
            found[f"normal {dtype} {size}"] = ("normal", (size,), dtype, 0.3, 1.7)
    for dtype in INTEGERS:
        found[f"random {dtype}"] = ("random", (20,), dtype)
        found[f"randint {dtype}"] = ("randint", (20,), 0, 2, dtype)
    for low, high in ((0, 10), (-7, 2**28 - 8), (-7, 2**28 - 7), (5, 2**40), (-(2**62), 2**63 - 1)):
        found[f"randint {low} {high}"] = ("randint", (9,), low, high, "int64")
    found["randint int32 wide"] = ("randint", (9,), -(2**31), 2**31 - 1, "int32")
    # Bounds that bfloat16 (8 bits) cannot hold move inward.
    found["randint bfloat16 wide"] = ("randint", (40,), -5, 2048, "bfloat16")
    for probability in (0.0, 0.1, 0.5, 1.0):
        found[f"bernoulli {probability}"] = ("bernoulli", (3, 11), probability)
    for size in (0, 1, 2, 10, 999, 1000, 1500):
        found[f"randperm {size}"] = ("randperm", size)
    # Longer than a chunk of each method, and more than one block of 624 words.
    found["uniform float32 long"] = ("uniform", (1000,), "float32", -0.05, 0.05)
    found["normal float32 long"] = ("normal", (1003,), "float32", 0.0, 0.02)
    found["normal float64 long"] = ("normal", (203,), "float64", 0.0, 1.0)
    found["last"] = ("normal", (5,), "float32", 0.0, 1.0)
    return found


def named_dtype(name):
    """A NumPy dtype; bfloat16 only where ml_dtypes is installed."""
    if name == "bfloat16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(name)


def parameters(count, dtype):
    """Fixed numbers in (0, 1) of at most 6 bits: the same in every dtype."""
    return ((np.arange(count) * 37 % 61 + 1) / 64.0).astype(named_dtype(dtype))


def rates(count, dtype):
    """From 0 over both methods of poisson, gamma and binomial, to 200."""
    numbers = parameters(count, dtype).astype(np.float64) * np.resize([0.0, 1, 8, 200], count)
    return np.floor(numbers).astype(named_dtype(dtype))


def draw(generator, call, arguments):
    """The case in penlight's generator, as an array."""
    if call == "normal_strided":
        shape, dtype, mean, std = arguments
        return generator.normal(shape, named_dtype(dtype), mean, std, contiguous=False)
    if call == "bernoulli_tensor":
        shape, dtype = arguments
        return generator.bernoulli_tensor(parameters(np.prod(shape), dtype).reshape(shape))
    if call in ("poisson", "standard_gamma"):
        count, dtype = arguments
        numbers = rates(count, dtype) if call == "poisson" else _shapes(count, dtype)
        return getattr(generator, call)(numbers)
    if call == "binomial":
        count, dtype = arguments
        return generator.binomial(rates(count, dtype), parameters(count, dtype))
    if call == "multinomial":
        shape, dtype, count, replacement = arguments
        weights = parameters(np.prod(shape), dtype).reshape(shape)
        return generator.multinomial(weights, count, replacement)
    arguments = [named_dtype(value) if isinstance(value, str) else value for value in arguments]
    return getattr(generator, call)(*arguments)


def _shapes(count, dtype):
    return rates(count, dtype) + parameters(count, dtype)


def torch_draw(torch, generator, call, arguments):
    """The same case in PyTorch, as a tensor."""

    def tensor(array):
        dtype = getattr(torch, array.dtype.name)
        return torch.from_numpy(array.astype(np.float64)).to(dtype)

    if call == "normal_strided":
        (rows, columns), dtype, mean, std = arguments
        empty = torch.empty(rows, columns, dtype=getattr(torch, dtype)).t()
        return empty.normal_(mean, std, generator=generator).t()
    if call == "bernoulli_tensor":
        shape, dtype = arguments
        chances = tensor(parameters(np.prod(shape), dtype).reshape(shape))
        return torch.bernoulli(chances, generator=generator).bool()
    if call == "poisson":
        return torch.poisson(tensor(rates(*arguments)), generator=generator)
    if call == "standard_gamma":
        return torch._standard_gamma(tensor(_shapes(*arguments)), generator=generator)
    if call == "binomial":
        return torch.binomial(tensor(rates(*arguments)), tensor(parameters(*arguments)), generator=generator)
    if call == "multinomial":
        shape, dtype, count, replacement = arguments
        weights = tensor(parameters(np.prod(shape), dtype).reshape(shape))
        return torch.multinomial(weights, count, replacement, generator=generator)
    if call == "randperm":
        return torch.randperm(*arguments, generator=generator)
    if call == "bernoulli":
        shape, probability = arguments
        return torch.empty(shape).bernoulli_(probability, generator=generator).bool()
    if call == "randint":
        shape, low, high, dtype = arguments
        return torch.empty(shape, dtype=getattr(torch, dtype)).random_(low, high, generator=generator)
    shape, dtype, *rest = arguments
    empty = torch.empty(shape, dtype=getattr(torch, dtype))
    return getattr(empty, call + "_")(*rest, generator=generator)


def torch_array(torch, tensor):
    """A tensor's elements as NumPy holds them: bfloat16 as its 16 bits."""
    if tensor.dtype == torch.bfloat16:
        return tensor.contiguous().view(torch.int16).numpy().view(np.uint16)
    return tensor.contiguous().numpy()


def bits(array):
    """An array whose equality is equality to the last bit."""
    array = np.ascontiguousarray(array)
    if array.dtype.name == "bfloat16":
        return array.view(np.uint16)
    return array


def encode(array, whole=False):
    """[dtype, shape, contents]: base 85, or past 1 KiB the SHA-256 unless `whole`."""
    data = np.ascontiguousarray(array).tobytes()
    if len(data) > 1024 and not whole:
        contents = "sha256 " + hashlib.sha256(data).hexdigest()
    else:
        contents = base64.b85encode(data).decode()
    return [array.dtype.str, list(array.shape), contents]


def decode(entry):
    """The array of an entry that is not a digest."""
    dtype, shape, data = entry
    return np.frombuffer(base64.b85decode(data), dtype).reshape(shape)
