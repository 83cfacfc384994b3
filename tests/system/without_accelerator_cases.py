"""Calls of `torch.nn.parallel`, `torch.hub` and `torch.amp.GradScaler` on a CPU; the tests and the recording run the same.

`python -m tests.system.without_accelerator_cases`, run with a Python that has PyTorch, records the expectations.
"""

import collections
import importlib
import json
import os
import pathlib
import tempfile
import warnings

FILE = pathlib.Path(__file__).parent / "data" / "without_accelerator.json"
Pair = collections.namedtuple("Pair", "a b")

PARALLEL = """\
nn.DataParallel(m)
nn.DataParallel(m, device_ids=[0]).device_ids
list(nn.DataParallel(m).state_dict())
nn.DataParallel(m)(torch.ones(2, 2)).shape
nn.DataParallel(m, device_ids=["cpu"], output_device="cpu")(input=torch.ones(2, 2)).shape
nn.DataParallel(m).load_state_dict({"module.weight": torch.ones(3, 2), "module.bias": torch.ones(3)})
nn.DataParallel(m).output_device
P.data_parallel(m, torch.ones(2, 2))
P.scatter(torch.ones(4), ["cpu", "cpu"])
P.scatter([1, torch.ones(4)], [torch.device("cpu")])
P.scatter({}, ["cpu"])
P.scatter(3, ["cpu", "cpu"])
P.scatter({"a": 1, "b": "x"}, [0, 1])
P.scatter((1, [2]), [0, 1])
P.scatter([1, (2, "x")], [0, 1])
P.scatter((), [0])
P.scatter(Pair(1, [2]), [0, 1])
P.scatter_gather.scatter_kwargs((1, 2), {"k": 3}, [0, 1])
P.scatter_gather.scatter_kwargs((1, 2), None, [0, 1])
P.scatter_gather.scatter_kwargs((), {"k": 3}, [0, 1])
P.scatter_gather.is_namedtuple(Pair(1, 2))
P.gather([torch.ones(2), torch.zeros(2)], "cpu")
P.gather([{"a": torch.ones(1)}] * 2, "cpu")
P.gather([(None, [None]), (None, [None])], "cpu")
P.gather([{"a": None}] * 2, "cpu")
P.gather([{"a": None}, {}], "cpu")
P.gather([Pair(None, None)] * 2, "cpu")
P.gather([None, None], "cpu")
P.gather([3, 4], "cpu")
P.replicate(m, ["cpu", "cpu"])
P.replicate(m, [0])
P.replicate(m, [])
P.parallel_apply([m, m], [(torch.ones(1, 2),), (torch.ones(2, 2),)])
P.parallel_apply([m], [torch.ones(1, 2)], devices=["cpu"])
P.parallel_apply([m, m], [(torch.ones(1, 2),)])
""".splitlines()

HUBCONF = '''
dependencies = ["json"]
_hidden = 3

def small(size=2, *, bias=True):
    """A small model."""
    import torch
    return torch.nn.Linear(size, size, bias=bias)

def undocumented():
    return helper()

from helper_of_the_model import helper
'''

HUB = """\
hub.load(folder, "small", source="local")
hub.load(folder, "small", 3, bias=False, source="local")
hub.load(folder, "undocumented", source="local")
hub.load(folder, "absent", source="local")
hub.load(folder, "_hidden", source="local")
hub.load(folder, "small", source="elsewhere")
hub.load(folder + "/none", "small", source="local")
hub.load(folder, 3, source="local")
hub.get_dir() == home + "/hub"
(hub.set_dir(folder), hub.get_dir() == folder, hub.set_dir(home + "/hub"))
hub.load_state_dict_from_url("file://" + folder + "/weights.pth", progress=False)
hub.load_state_dict_from_url("file://" + folder + "/weights.pth", file_name="other.pth", progress=False)
sorted(os.listdir(home + "/hub/checkpoints"))
hub.load_state_dict_from_url("file://" + folder + "/weights.pth", model_dir=folder + "/made", map_location="cpu", weights_only=True)
hub.load_state_dict_from_url("file://" + folder + "/w-0123.pth", check_hash=True, progress=False)
hub.download_url_to_file("file://" + folder + "/weights.pth", folder + "/copy.pth", progress=False)
os.path.getsize(folder + "/copy.pth") == os.path.getsize(folder + "/weights.pth")
hub.load_state_dict_from_url("file://" + folder + "/absent.pth")
""".splitlines()  # noqa: E501

SCALER = """\
vars(amp.GradScaler("cpu", init_scale=8.0))["_growth_factor"]
amp.GradScaler("cpu", enabled=False).get_scale()
amp.GradScaler("cpu", enabled=False).state_dict()
amp.GradScaler("cpu", init_scale=8.0).state_dict()
amp.GradScaler("cpu", growth_factor=1.0)
amp.GradScaler("cpu", backoff_factor=1.0)
scaled(amp.GradScaler("cpu", init_scale=8.0, growth_interval=2), [1, 1, 1, 1])
scaled(amp.GradScaler("cpu", init_scale=8.0, growth_interval=2), [1, inf, 1, nan, 1])
scaled(amp.GradScaler("cpu", init_scale=8.0, enabled=False), [1, inf])
scaled(amp.GradScaler("cpu", init_scale=8.0), [1, 2], unscale=True)
scaled(amp.GradScaler("cpu", init_scale=8.0), [1, 2], new_scale=3.0)
scaled(amp.GradScaler("cpu", init_scale=8.0), [1, 2], new_scale=torch.tensor([3.0]))
scaled(amp.GradScaler("cpu", init_scale=8.0), [1, 2], new_scale=torch.ones(2))
amp.GradScaler("cpu", init_scale=8.0).scale([torch.ones(1), (torch.ones(2),)])
amp.GradScaler("cpu", init_scale=8.0).scale(3)
amp.GradScaler("cpu", init_scale=8.0).update()
amp.GradScaler("cpu", init_scale=8.0).step(optimizer())
twice(lambda s, o: s.unscale_(o))
twice(lambda s, o: s.step(o))
loaded({})
loaded({"scale": 4.0, "growth_factor": 3.0, "backoff_factor": 0.25, "growth_interval": 5, "_growth_tracker": 2})
changed("growth_factor", 3.0)
changed("backoff_factor", 0.1)
changed("growth_interval", 7)
amp.GradScaler("cpu").is_enabled()
torch.cpu.amp.GradScaler(init_scale=4.0).get_scale()
amp.GradScaler("cuda", init_scale=8.0).is_enabled()
""".splitlines()


def shown(torch, value):
    if isinstance(value, torch.Tensor):
        return [str(value.dtype), value.tolist()]
    if isinstance(value, dict):
        return {str(k): shown(torch, v) for k, v in value.items()}
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return [shown(torch, v) for v in value]
    if isinstance(value, (int, float, str, type(None))):
        return repr(value)
    return repr(value)


def helpers(torch):
    amp = importlib.import_module(torch.__name__ + ".amp")

    def optimizer():
        w = torch.ones(2, requires_grad=True)
        return torch.optim.SGD([w], lr=0.5)

    def scaled(scaler, factors, unscale=False, new_scale=None):
        """The weights and scales of steps whose loss has these factors."""
        o = optimizer()
        (w,) = o.param_groups[0]["params"]
        found = []
        for factor in factors:
            o.zero_grad()
            scaler.scale((w * factor).sum()).backward()
            if unscale:
                scaler.unscale_(o)
            scaler.step(o)
            scaler.update(new_scale)
            found.append([w.tolist(), w.grad.tolist(), scaler.get_scale(), scaler._get_growth_tracker()])
        return found

    def twice(call):
        o, s = optimizer(), amp.GradScaler("cpu", init_scale=8.0)
        s.scale(o.param_groups[0]["params"][0].sum()).backward()
        call(s, o)
        call(s, o)

    def loaded(state):
        s = amp.GradScaler("cpu", init_scale=8.0)
        s.load_state_dict(state)
        return s.state_dict()

    def changed(name, value):
        s = amp.GradScaler("cpu", init_scale=8.0)
        getattr(s, "set_" + name)(value)
        return getattr(s, "get_" + name)()

    return {"optimizer": optimizer, "scaled": scaled, "twice": twice, "loaded": loaded, "changed": changed, "amp": amp}


def run(torch):
    """What each expression gives: a value, or an error's type and text."""
    modules = {n: importlib.import_module(f"{torch.__name__}.{n}") for n in ("nn", "nn.parallel", "hub", "cpu.amp")}
    found = {}
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder, home = os.path.join(place, "model"), os.path.join(place, "home")
        os.mkdir(folder)
        pathlib.Path(folder, "hubconf.py").write_text(
            HUBCONF.replace("import torch", f"import {torch.__name__} as torch")
        )
        pathlib.Path(folder, "helper_of_the_model.py").write_text("def helper():\n    return 'helped'\n")
        torch.save({"w": torch.arange(3)}, folder + "/weights.pth")
        torch.save({"w": torch.arange(3)}, folder + "/w-0123.pth")
        before = os.environ.get("TORCH_HOME")
        os.environ["TORCH_HOME"] = home
        names = {
            "torch": torch, "nn": modules["nn"], "P": modules["nn.parallel"], "hub": modules["hub"], "os": os, "Pair": Pair,
            "m": modules["nn"].Linear(2, 3), "folder": folder, "home": home, "inf": float("inf"), "nan": float("nan"),
            **helpers(torch),
        }  # fmt: skip
        try:
            for expression in (*PARALLEL, *HUB, *SCALER):
                try:
                    found[expression] = shown(torch, eval(expression, dict(names)))
                except Exception as error:
                    text = str(error).replace(folder, "FOLDER").replace(home, "HOME")
                    found[expression] = ["error", type(error).__name__, text]
        finally:
            os.environ.pop("TORCH_HOME")
            if before is not None:
                os.environ["TORCH_HOME"] = before
    return json.loads(json.dumps(found))


if __name__ == "__main__":
    import torch

    FILE.write_text(json.dumps(run(torch), indent=0) + "\n")
