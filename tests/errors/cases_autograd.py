"""Gradients asked for where there are none, twice, or after a change."""

from .table import Case

CASES = [
    Case(
        "backward_twice",
        "x = torch.ones(2, requires_grad=True)\ny = (x * x).sum()\ny.backward()\ny.backward()",
        ("second time", "retain_graph=True"),
    ),
    Case("backward_vector", "x = torch.ones(2, requires_grad=True)\n(x * 2).backward()", ("grad", "scalar")),
    Case("backward_no_grad", "torch.ones(2).sum().backward()", ("grad",)),
    Case(
        "backward_under_no_grad",
        "x = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    y = x.sum()\ny.backward()",
        ("grad",),
    ),
    Case("backward_after_detach", "x = torch.ones(2, requires_grad=True)\nx.detach().sum().backward()", ("grad",)),
    Case(
        "backward_gradient_shape", "x = torch.ones(2, requires_grad=True)\n(x * 2).backward(torch.ones(3))", ("shape",)
    ),
    Case("backward_gradient_number", "x = torch.ones(2, requires_grad=True)\n(x * 2).backward(1.0)"),
    Case("backward_of_integer", "torch.argmax(torch.ones(2, requires_grad=True)).backward()", ("grad",)),
    Case(
        "grad_unused",
        "x, z = (torch.ones(2, requires_grad=True) for _ in range(2))\ntorch.autograd.grad(x.sum(), z)",
        ("unused", "allow_unused=True"),
    ),
    Case(
        "grad_no_grad_input",
        "x = torch.ones(2, requires_grad=True)\nz = torch.ones(2)\ntorch.autograd.grad((x * z).sum(), z)",
        ("grad",),
    ),
    Case("grad_vector", "x = torch.ones(2, requires_grad=True)\ntorch.autograd.grad(x * 2, x)", ("grad", "scalar")),
    Case(
        "grad_without_create_graph",
        "x = torch.ones(2, requires_grad=True)\n(g,) = torch.autograd.grad((x ** 3).sum(), x)\ng.sum().backward()",
        ("grad",),
    ),
    Case("numpy_requires_grad", "torch.ones(2, requires_grad=True).numpy()", ("detach()", "numpy()")),
    Case("np_array_requires_grad", "np.asarray(torch.ones(2, requires_grad=True))", ("detach()",)),
    Case("np_function_requires_grad", "np.exp(torch.ones(2, requires_grad=True))", ("detach()",)),
    Case("leaf_in_place", "x = torch.ones(2, requires_grad=True)\nx.add_(1)", ("leaf", "in-place")),
    Case("leaf_augmented", "x = torch.ones(2, requires_grad=True)\nx += 1", ("leaf", "in-place")),
    Case("leaf_assign", "x = torch.ones(2, requires_grad=True)\nx[0] = 5.0", ("leaf", "in-place")),
    Case("leaf_view_in_place", "x = torch.ones(2, requires_grad=True)\nx[:1].add_(1)", ("leaf", "in-place")),
    Case(
        "saved_changed",
        "x = torch.ones(2, requires_grad=True)\ny = x * 2\nz = (y * y).sum()\ny.add_(1)\nz.backward()",
        ("inplace", "version", "gradient"),
    ),
    Case(
        "saved_output_changed",
        "x = torch.ones(3, requires_grad=True)\ny = torch.exp(x)\ny.mul_(2)\ny.sum().backward()",
        ("inplace", "version", "Exp"),
    ),
    Case(
        "weight_changed",
        "layer = nn.Linear(2, 2)\nx = torch.ones(1, 2, requires_grad=True)\n"
        "loss = layer(x).sum()\nwith torch.no_grad():\n    layer.weight.add_(1)\nloss.backward()",
        ("inplace", "version"),
        ("1", "0"),
    ),
    Case("integer_requires_grad", "torch.ones(2, dtype=torch.int64).requires_grad_()", ("floating point", "grad")),
    Case("integer_tensor_requires_grad", "torch.tensor([1, 2], requires_grad=True)", ("floating point", "grad")),
    Case("integer_parameter", "nn.Parameter(torch.tensor([1, 2]))", ("floating point", "grad")),
    Case(
        "non_leaf_requires_grad_false",
        "x = torch.ones(2, requires_grad=True)\n(x * 2).requires_grad_(False)",
        ("leaf", "detach()"),
    ),
    Case("non_leaf_attribute_false", "y = torch.ones(2, requires_grad=True) * 2\ny.requires_grad = False", ("leaf",)),
    Case(
        "non_leaf_grad",
        "y = torch.ones(2, requires_grad=True) * 2\ny.sum().backward()\ny.grad",
        ("leaf", "retain_grad"),
        (),
        True,
    ),
    Case("non_leaf_deepcopy", "y = torch.ones(2, requires_grad=True) * 2\ncopy.deepcopy(y)", ("deepcopy",)),
    Case("tensor_of_tensor", "x = torch.ones(2)\ntorch.tensor(x)", ("detach().clone()",), (), True),
    Case("grad_wrong_shape", "x = torch.ones(2, requires_grad=True)\nx.grad = torch.ones(3)", ("grad",)),
    Case("grad_wrong_dtype", "x = torch.ones(2, requires_grad=True)\nx.grad = torch.ones(2, dtype=torch.float64)"),
    Case("grad_not_a_tensor", "x = torch.ones(2, requires_grad=True)\nx.grad = 0.0"),
    Case("retain_grad_no_grad", "torch.ones(2).retain_grad()", ("retain_grad", "requires_grad")),
    Case("register_hook_no_grad", "torch.ones(2).register_hook(print)", ("hook", "grad")),
    Case(
        "function_call_directly",
        "class Double(torch.autograd.Function):\n    @staticmethod\n    def"
        " forward(ctx, x):\n"
        "        return x * 2\nDouble()(torch.ones(2))",
    ),
    Case(
        "function_no_backward",
        "class Double(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
        "        return x * 2\ny = Double.apply(torch.ones(2, requires_grad=True))\ny.sum().backward()",
        ("backward",),
    ),
    Case(
        "function_gradient_count",
        "class Double(torch.autograd.Function):\n    @staticmethod\n    def"
        " forward(ctx, x):\n"
        "        return x * 2\n    @staticmethod\n    def backward(ctx, g):\n        return g, g\n"
        "y = Double.apply(torch.ones(2, requires_grad=True))\ny.sum().backward()",
        ("gradient",),
    ),
    Case(
        "function_gradient_shape",
        "class Double(torch.autograd.Function):\n    @staticmethod\n"
        "    def forward(ctx, x):\n        return x * 2\n    @staticmethod\n    def backward(ctx, g):\n"
        "        return g[:1].repeat(5)\ny = Double.apply(torch.ones(2, requires_grad=True))\ny.sum().backward()",
        ("gradient", "shape"),
    ),
    Case(
        "inference_tensor_backward",
        "with torch.inference_mode():\n    x = torch.ones(2)\nw = torch.ones(2, requires_grad=True)\n(x * w).sum()",
        ("inference",),
    ),
    Case(
        "inference_tensor_requires_grad",
        "with torch.inference_mode():\n    x = torch.ones(2)\nx.requires_grad_()",
        ("inference",),
    ),
    Case(
        "where_detached_output",
        "y = torch.round(torch.ones(2)).requires_grad_()\nz = (y > 0).sum()\nz.backward()",
        ("grad",),
    ),
    Case(
        "out_requires_grad",
        "x = torch.ones(2, requires_grad=True)\nout = torch.empty(2)\ntorch.add(x, x, out=out)",
        ("out=", "grad"),
    ),
    Case(
        "view_of_unbind_in_place",
        "x = torch.ones(2, 2, requires_grad=True) * 1\na, b = x.unbind()\na.add_(1)",
        ("view",),
    ),
    Case(
        "view_made_under_no_grad",
        "x = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    v = x[:1]\nv.add_(1)",
        ("view",),
    ),
    Case(
        "gradcheck_float32_wrong",
        "torch.autograd.gradcheck(lambda x: x * x.detach(), torch.ones(2, dtype=torch.float64, requires_grad=True))",
        ("jacobian",),
        ("1", "2", "0", "1e-06"),
    ),
    Case(
        "checkpoint_anomaly_nan",
        "x = torch.zeros(1, requires_grad=True)\n"
        "with torch.autograd.detect_anomaly():\n    (torch.sqrt(x) * 0).sum().backward()",
        ("nan", "Sqrt"),
    ),
]
