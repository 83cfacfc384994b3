"""jit, compile, testing, hub, storage, futures, multiprocessing and the modules that only say what is missing."""

import collections
import copy
import importlib
import io
import sys

import pytest

import penlight as torch
from penlight.testing import assert_close, make_tensor


def test_compile_and_script_return_what_they_get():
    def f(x):
        return x + 1

    assert torch.compiler.compile(f) is f and torch.compiler.compile(fullgraph=True)(f) is f
    with pytest.warns(DeprecationWarning):
        assert torch.jit.script(f) is f
    assert torch.jit.ignore(f) is f and torch.jit.ignore(drop=True)(f) is f
    assert not torch.jit.is_scripting() and torch.jit.annotate(int, 3) == 3
    assert torch.jit.isinstance({"a": [1]}, dict[str, list[int]]) and not torch.jit.isinstance([1.0], list[int])
    assert torch.jit.wait(torch.jit.fork(f, 1)) == 2
    with pytest.raises(NotImplementedError, match="state_dict"):
        torch.jit.load("model.pt")


@pytest.mark.parametrize(
    "module, name",
    [("onnx", "export"), ("fx", "symbolic_trace"), ("export", "export"), ("library", "opcheck"),
     ("distributed.rpc", "init_rpc"), ("distributed.fsdp", "FullyShardedDataParallel"),
     ("nested", "nested_tensor"), ("masked", "masked_tensor"), ("overrides", "get_testing_overrides")],
)  # fmt: skip
def test_absent_names_say_so_when_used(module, name):
    found = getattr(importlib.import_module(f"penlight.{module}"), name)
    with pytest.raises(NotImplementedError, match=rf"penlight does not have torch\.{module}\.{name}: "):
        found()
    assert not hasattr(importlib.import_module(f"penlight.{module}"), "no_such_name")


def test_assert_close_says_how_far_off():
    with pytest.raises(AssertionError) as caught:
        assert_close({"a": [torch.tensor([1.0, 2.0])]}, {"a": [torch.tensor([1.0, 2.1])]})
    assert str(caught.value) == (
        "Tensor-likes are not close!\n\nMismatched elements: 1 / 2 (50.0%)\n"
        "Greatest absolute difference: 0.09999990463256836 at index (1,) (up to 1e-05 allowed)\n"
        "Greatest relative difference: 0.04761900380253792 at index (1,) (up to 1.3e-06 allowed)\n\n"
        "The failure occurred for item ['a'][0]"
    )
    nan = torch.tensor([float("nan")])
    assert_close(nan, nan, equal_nan=True)
    for arguments, kind in (
        ((nan, nan), AssertionError),
        ((torch.zeros(1), 1.0), TypeError),
        ((1, 1.0), AssertionError),
    ):
        with pytest.raises(kind):
            assert_close(*arguments)
    with pytest.raises(ValueError, match="Both 'rtol' and 'atol'"):
        assert_close(nan, nan, rtol=1e-3)


def test_make_tensor_draws_as_pytorch():
    torch.manual_seed(0)
    first = make_tensor(2, 3, dtype=torch.float32, device="cpu")
    assert_close(
        first, torch.tensor([[-0.0674, 4.8280, -7.4074], [-6.6235, -3.4664, 2.4134]]), rtol=0, atol=5e-5
    )  # recorded to four digits
    assert make_tensor(3, dtype=torch.int64, device="cpu").tolist() == [-4, 0, 0]


def test_storages_share_memory():
    storage = importlib.import_module("penlight.storage")
    t = torch.arange(6.0).reshape(2, 3)
    untyped = t[1].untyped_storage()
    assert untyped.nbytes() == 24 and untyped.data_ptr() == t.data_ptr()
    untyped.fill_(0)
    assert t.sum() == 0
    with pytest.warns(UserWarning, match="TypedStorage is deprecated"):
        typed = t.storage()
    typed[2] = 7.0
    assert t[0, 2] == 7 and typed.tolist()[2] == 7.0 and storage.is_storage(typed)
    with pytest.raises(IndexError, match="index 9 out of range for storage of size 6"):
        typed[9]
    assert repr(storage.UntypedStorage([1])) == " 1\n[torch.storage.UntypedStorage(device=cpu) of size 1]"


def test_hub_loads_local_folders_and_names_missing_files(tmp_path, monkeypatch):
    hub = torch.hub
    (tmp_path / "hubconf.py").write_text("dependencies = ['math']\ndef double(x):\n    return 2 * x\n")
    assert hub.load(str(tmp_path), "double", 3, source="local") == 6
    with pytest.raises(RuntimeError, match="Cannot find callable triple in hubconf"):
        hub.load(str(tmp_path), "triple", source="local")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("PENLIGHT_OFFLINE", "1")
    folder = tmp_path / "hub" / "checkpoints"
    with pytest.raises(OSError, match="w-0.pth"):
        hub.load_state_dict_from_url("https://example.org/a/w-0.pth")
    folder.mkdir(parents=True)
    torch.save({"w": torch.ones(2)}, folder / "w-0.pth")
    assert hub.load_state_dict_from_url("https://example.org/a/w-0.pth")["w"].tolist() == [1.0, 1.0]


def _check_index(index, limit):
    if index >= limit:
        raise ValueError(f"index {index}")


def test_spawn_raises_what_a_process_raised():
    multiprocessing = importlib.import_module("penlight.multiprocessing")
    multiprocessing.start_processes(_check_index, (2,), nprocs=2, start_method="fork")
    with pytest.raises(multiprocessing.ProcessRaisedException, match="ValueError: index 1"):
        multiprocessing.start_processes(_check_index, (1,), nprocs=2, start_method="fork")


def test_schedule():
    found = [torch.profiler.schedule(wait=1, warmup=1, active=2, repeat=1)(i).name for i in range(6)]
    assert found == ["NONE", "WARMUP", "RECORD", "RECORD_AND_SAVE", "NONE", "NONE"]


def test_inner_names_that_libraries_use():
    assert "USE_MKL=OFF" in torch.__config__.show() and "get_num_threads()" in torch.__config__.parallel_info()
    keys = torch.nn.modules.module._IncompatibleKeys(["a"], [])
    assert type(torch.nn.Linear(1, 1).load_state_dict({}, strict=False)) is type(keys)
    group = torch.utils._foreach_utils._group_tensors_by_device_and_dtype
    a, b, c = torch.zeros(1), torch.zeros(2, dtype=torch.int64), torch.ones(1)
    groups = group([[a, b, c], [None, b, c], []], with_indices=True)
    cpu = torch.device("cpu")
    assert list(groups) == [(cpu, torch.float32), (cpu, torch.int64)]
    assert groups[cpu, torch.float32] == ([[a, c], [None, c], []], [0, 2])
    with pytest.raises(RuntimeError):
        group([[a], [a, c]])


def test_storages_tell_python_their_size():
    none, ten = (sys.getsizeof(torch.zeros(n).untyped_storage()) for n in (0, 10))
    assert ten - none == 40


def test_checks_raise_what_they_say():
    for check, kind in (("_check", RuntimeError), ("_check_index", IndexError), ("_check_value", ValueError),
                        ("_check_type", TypeError), ("_check_not_implemented", NotImplementedError)):  # fmt: skip
        getattr(torch, check)(True)
        with pytest.raises(kind, match="why"):
            getattr(torch, check)(False, lambda: "why")
    with pytest.raises(TypeError, match="must be a bool"):
        torch._check(1)
    with pytest.raises(RuntimeError, match="Expected cond to be True, but got False"):
        torch._check_tensor_all(torch.tensor([True, False]))
    with pytest.raises(RuntimeError):
        torch._check_is_size(3, max=2)
    with pytest.raises(RuntimeError, match="single nonzero value"):
        torch._assert_async(torch.tensor(0))
    rows = torch.tensor([0, 0, 2])
    starts = torch._convert_indices_from_coo_to_csr(rows, 4, out_int32=True)
    assert starts.tolist() == [0, 2, 2, 3, 3] and starts.dtype is torch.int32
    assert torch._convert_indices_from_csr_to_coo(starts, rows).tolist() == [[0, 0, 2], [0, 0, 2]]
    assert torch._shape_as_tensor(torch.zeros(2, 3)).tolist() == [2, 3]


def test_a_compiled_module_shows_its_module():
    from penlight._dynamo.eval_frame import OptimizedModule

    class Scaled(torch.nn.Linear):
        factor = 2

        def forward(self, x):
            return super().forward(x) * self.factor

        def twice(self, x):
            return self(self(x))

    plain = Scaled(3, 3)
    compiled = torch.compile(plain, backend="eager")
    x = torch.ones(2, 3)
    assert type(compiled) is OptimizedModule and compiled._orig_mod is plain
    assert list(compiled.state_dict()) == ["_orig_mod.weight", "_orig_mod.bias"] and compiled.weight is plain.weight
    assert torch.equal(compiled(x), plain(x)) and torch.equal(compiled.twice(x), plain.twice(x))
    compiled.factor = 3
    assert plain.factor == 3 and "factor" not in compiled.__dict__
    assert compiled.eval() is compiled and not plain.training and not compiled.training
    plain.train()
    assert compiled.training and repr(compiled).splitlines()[:2] == [
        "OptimizedModule(", "  (_orig_mod): Scaled(in_features=3, out_features=3, bias=True)"
    ]  # fmt: skip
    seen = []
    compiled.register_forward_hook(lambda module, args, output: seen.append(module))
    plain.register_forward_hook(lambda module, args, output: seen.append(module))
    compiled(x)
    assert seen == [plain, compiled]
    copied = copy.deepcopy(torch.compile(torch.nn.Linear(2, 2)))
    kept = io.BytesIO()
    torch.save(copied, kept)
    kept.seek(0)
    assert torch.equal(torch.load(kept, weights_only=False).weight, copied.weight)
    with pytest.raises(AttributeError, match="'Scaled' object has no attribute 'nothing'"):
        compiled.nothing
    with pytest.raises(RuntimeError, match="Unrecognized mode=fast"):
        torch.compile(plain, mode="fast")
    assert torch.compile(plain, disable=True) is plain


def test_inner_modules_of_what_is_absent_can_be_imported():
    for name in ("fx.node.Node", "distributed.fsdp.wrap.wrap", "distributed.algorithms.join.Joinable",
                 "_subclasses.fake_tensor.FakeTensor", "SymInt"):  # fmt: skip
        home, _, short = name.rpartition(".")
        found = getattr(importlib.import_module(f"penlight.{home}".rstrip(".")), short)
        assert isinstance(found, type) and not isinstance(1, found)
        with pytest.raises(NotImplementedError, match=rf"penlight does not have torch\..*{short}"):
            found()
    assert not hasattr(importlib.import_module("penlight.fx.node"), "SOME_CONSTANT")
    decorated = importlib.import_module("penlight.distributed.rpc.api")._require_initialized(lambda x: x)
    with pytest.raises(NotImplementedError, match="_require_initialized"):
        decorated(1)
    assert importlib.import_module("penlight.fx.experimental.proxy_tensor").get_proxy_mode() is None
    assert importlib.import_module("penlight.distributed.constants").default_pg_timeout.seconds == 1800
    with pytest.raises(RuntimeError, match="'a.b'"):
        _ = torch.classes.a.b


def test_libraries_print_tensors_of_their_own():
    inner = torch._tensor_str
    assert inner._tensor_str(torch.arange(6.0).reshape(2, 3), 4) == "[[0., 1., 2.],\n     [3., 4., 5.]]"
    assert inner._add_suffixes("abc(", ["a=1", "b=2"], 4, False) == "abc(, a=1, b=2)"
    assert inner._add_suffixes("abc(", ["a=1", "b=2"], 4, True) == "abc(,\n    a=1, b=2)"
    assert inner._str(torch.zeros(2), tensor_contents="HELLO") == "tensor(HELLO)"
    assert inner.PRINT_OPTS.edgeitems == 3


def test_trees_taken_apart_by_their_nodes():
    tree = torch.utils._pytree
    pair = collections.namedtuple("pair", "a b")
    node = tree._get_node_type(pair(1, 2))
    assert node is collections.namedtuple and tree._get_node_type([1]) is list
    children, context = tree.SUPPORTED_NODES[node].flatten_fn(pair(1, 2))
    spec = tree.TreeSpec(node, context, [tree.LeafSpec(), tree.LeafSpec()])
    assert spec == tree.tree_structure(pair(1, 2)) and tree.tree_unflatten(children, spec) == pair(1, 2)
    assert isinstance(tree.LeafSpec(), tree.TreeSpec) and tree.LeafSpec() == tree.tree_structure(3)


def test_deterministic_modes_are_told():
    try:
        for mode, number in (("warn", 1), ("error", 2), ("default", 0)):
            torch.set_deterministic_debug_mode(mode)
            told = torch.get_deterministic_debug_mode(), torch.is_deterministic_algorithms_warn_only_enabled()
            assert told == (number, number == 1)
    finally:
        torch.use_deterministic_algorithms(False)


def test_more_inner_names_that_libraries_use():
    tree, collate = torch.utils._pytree, importlib.import_module("penlight.utils.data._utils.collate")
    values, keys = tree._dict_flatten({"a": 1})
    assert (values, tree._dict_unflatten(values, keys)) == ([1], {"a": 1})
    assert tree._dict_flatten_with_keys({"a": 1}) == ([(tree.MappingKey("a"), 1)], keys)
    assert [bool(collate.np_str_obj_array_pattern.search(kind)) for kind in "SUOf"] == [True, True, True, False]
    assert collate.default_collate_err_msg_format.format(int).endswith("found <class 'int'>")
    assert torch.utils.checkpoint.get_device_states(torch.zeros(1)) == ([], [])
    with pytest.raises(RuntimeError, match="dummy base class"):
        torch.cuda.CUDAGraph()
    assert importlib.import_module("penlight.nn.parallel.distributed").DistributedDataParallel


def test_divergences_of_foreign_families_can_be_registered():
    class Base(type):
        def __subclasscheck__(cls, other):
            return other.__name__ in ("Foreign", "Point")

    Foreign, Point = Base("Foreign", (), {}), type("Point", (), {})
    with pytest.raises(TypeError):
        torch.distributions.register_kl(3, torch.distributions.Normal)
    torch.distributions.register_kl(Foreign, Foreign)(lambda p, q: "foreign")
    try:
        assert torch.distributions.kl_divergence(Foreign(), Point()) == "foreign"
    finally:
        del importlib.import_module("penlight.distributions.kl")._REGISTRY[Foreign, Foreign]


def test_storages_on_files(tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(b"abcd")
    private = torch.UntypedStorage.from_file(str(path), False, 4)
    private[0] = 1
    assert private.tolist() == [1, 98, 99, 100] and path.read_bytes() == b"abcd"
    shared = torch.UntypedStorage.from_file(str(path), shared=True, nbytes=6)
    shared[0] = 1
    assert path.read_bytes() == b"\x01bcd\0\0" and torch.asarray(shared, dtype=torch.uint8)[1].item() == 98
    for name, size in (("bytes", 9), ("none", 1)):
        with pytest.raises(RuntimeError):
            torch.UntypedStorage.from_file(str(tmp_path / name), False, size)


def test_transforms_are_told():
    active = []
    torch.func.vmap(lambda x: active.append(torch._C._are_functorch_transforms_active()) or x)(torch.zeros(1))
    assert active == [True] and not torch._C._are_functorch_transforms_active()
