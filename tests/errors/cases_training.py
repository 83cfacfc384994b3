"""Modules, containers, state dictionaries, optimizers, schedulers, data loading, saving and loading."""

from .table import Case

_NET = (
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 3)\n"
    "    def forward(self, x):\n        return self.fc(x)\n"
)

CASES = [
    Case(
        "module_before_init",
        "class Net(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(2, 2)\nNet()",
        ("__init__",),
    ),
    Case(
        "parameter_before_init",
        "class Net(nn.Module):\n    def __init__(self):\n        self.w = nn.Parameter(torch.ones(2))\nNet()",
        ("__init__",),
    ),
    Case("module_no_forward", "class Net(nn.Module):\n    pass\nNet()(torch.ones(2))", ("forward",)),
    Case("forward_missing_argument", _NET + "Net()()", ("forward", "x")),
    Case("forward_too_many", _NET + "Net()(torch.ones(2), 1)", ("forward",)),
    Case("module_no_attribute", _NET + "Net().fc2", ("Net", "fc2")),
    Case("module_assign_wrong", "layer = nn.Linear(2, 2)\nlayer.weight = torch.ones(2, 2)", ("weight", "Parameter")),
    Case("module_replace_wrong", "net = nn.Sequential(nn.Linear(2, 2))\nnet[0] = 3", ("Module",)),
    Case("register_parameter_wrong", "nn.Module().register_parameter('w', torch.ones(2))", ("Parameter", "w")),
    Case("register_parameter_dot", "nn.Module().register_parameter('a.b', nn.Parameter(torch.ones(2)))", (".",)),
    Case("register_parameter_twice", "m = nn.Linear(2, 2)\nm.register_buffer('weight', torch.ones(2))", ("weight",)),
    Case("register_buffer_wrong", "nn.Module().register_buffer('b', [1])", ("buffer", "b", "list")),
    Case("add_module_wrong", "nn.Module().add_module('a', 3)", ("Module", "int")),
    Case("sequential_not_module", "nn.Sequential(nn.Linear(2, 2), 3)", ("Module", "int")),
    Case("sequential_list", "nn.Sequential([nn.Linear(2, 2)])", ("Module", "list")),
    Case("sequential_index", "nn.Sequential(nn.Linear(2, 2))[3]", ("index", "range")),
    Case("module_list_call", "nn.ModuleList([nn.Linear(2, 2)])(torch.ones(2))", ("forward",)),
    Case("module_list_index", "nn.ModuleList([nn.Linear(2, 2)])[3]", ("index", "range")),
    Case("module_dict_key", "nn.ModuleDict({'a': nn.Linear(2, 2)})['b']", ("b",)),
    Case("parameter_list_wrong", "nn.ParameterDict({'a': nn.Parameter(torch.ones(1))})['b']", ("b",)),
    Case("get_submodule", "nn.Sequential(nn.Linear(2, 2)).get_submodule('1')", ("1",)),
    Case("get_parameter", "nn.Linear(2, 2).get_parameter('weights')", ("weights",)),
    Case("train_mode_word", "nn.Linear(2, 2).train('yes')", ("bool",)),
    Case("module_to_integer", "nn.Linear(2, 2).to(torch.int64)", ("floating point",)),
    Case("parameter_of_list", "nn.Parameter([1.0, 2.0])", ()),
    Case("lazy_uninitialised", "nn.LazyLinear(2).weight.shape", ("uninitialized",)),
    Case(
        "load_state_missing",
        _NET + "Net().load_state_dict({'fc.weight': torch.ones(3, 2)})",
        ("Net", "missing key", "fc.bias"),
    ),
    Case(
        "load_state_unexpected",
        "nn.Linear(1, 1).load_state_dict({'weight': torch.ones(1, 1), 'bias': torch.ones(1), 'extra': torch.ones(1)})",
        ("Linear", "unexpected key", "extra"),
    ),
    Case(
        "load_state_prefix",
        _NET + "Net().load_state_dict({'module.' + k: v for k, v in Net().state_dict().items()})",
        ("missing key", "unexpected key", "module.fc.weight", "fc.bias"),
    ),
    Case(
        "load_state_size",
        _NET + "Net().load_state_dict({'fc.weight': torch.ones(3, 4), 'fc.bias': torch.ones(3)})",
        ("size mismatch", "fc.weight", "checkpoint"),
    ),
    Case(
        "load_state_size_not_strict",
        _NET + "Net().load_state_dict({'fc.weight': torch.ones(3, 4)}, strict=False)",
        ("size mismatch", "fc.weight"),
    ),
    Case(
        "load_state_numpy",
        "nn.Linear(1, 1).load_state_dict({'weight': np.ones((1, 1)), 'bias': torch.ones(1)})",
        ("weight",),
    ),
    Case("load_state_model", "nn.Linear(1, 1).load_state_dict(nn.Linear(1, 1))", ("state_dict", "dict-like")),
    Case("load_state_path", "nn.Linear(1, 1).load_state_dict('model.pth')", ("state_dict", "dict-like")),
    Case("optimizer_empty", "optim.SGD([], lr=0.1)", ("empty parameter list",)),
    Case("optimizer_tensor", "optim.SGD(torch.ones(2), lr=0.1)", ("iterable",)),
    Case("optimizer_model", "optim.SGD(nn.Linear(1, 1), lr=0.1)", ("iterable",)),
    Case("optimizer_non_leaf", "optim.SGD([torch.ones(2, requires_grad=True) * 2], lr=0.1)", ("non-leaf",)),
    Case("optimizer_strings", "optim.SGD(['weight'], lr=0.1)", ("tensor", "str")),
    Case("optimizer_negative_lr", "optim.SGD([nn.Parameter(torch.ones(1))], lr=-0.1)", ("learning rate",)),
    Case("optimizer_negative_momentum", "optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1, momentum=-1)", ("momentum",)),
    Case(
        "optimizer_nesterov",
        "optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1, nesterov=True)",
        ("nesterov", "momentum", "dampening"),
    ),
    Case("optimizer_betas", "optim.Adam([nn.Parameter(torch.ones(1))], betas=(0.9, 1.0))", ("beta",)),
    Case("optimizer_eps", "optim.Adam([nn.Parameter(torch.ones(1))], eps=-1)", ("epsilon",)),
    Case("optimizer_weight_decay", "optim.AdamW([nn.Parameter(torch.ones(1))], weight_decay=-1)", ("weight_decay",)),
    Case(
        "optimizer_unknown_argument", "optim.SGD([nn.Parameter(torch.ones(1))], learning_rate=0.1)", ("learning_rate",)
    ),
    Case(
        "optimizer_twice",
        "p = nn.Parameter(torch.ones(1))\noptim.SGD([{'params': [p]}, {'params': [p]}], lr=0.1)",
        ("parameter group",),
    ),
    Case("optimizer_duplicate", "p = nn.Parameter(torch.ones(1))\noptim.SGD([p, p], lr=0.1)", ("duplicate",), (), True),
    Case("optimizer_group_set", "optim.SGD([{'params': {nn.Parameter(torch.ones(1))}}], lr=0.1)", ("order",)),
    Case(
        "optimizer_load_groups",
        "a = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)\n"
        "b = optim.SGD([nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))], lr=0.1)\n"
        "b.load_state_dict(a.state_dict())",
        ("parameter group", "size"),
    ),
    Case("lbfgs_no_closure", "optim.LBFGS([nn.Parameter(torch.ones(1))]).step()", ("closure",)),
    Case("scheduler_not_optimizer", "optim.lr_scheduler.StepLR(nn.Linear(1, 1), 1)", ("Optimizer",)),
    Case(
        "scheduler_order",
        "o = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)\ns = optim.lr_scheduler.StepLR(o, 1)\ns.step()",
        ("lr_scheduler.step()", "optimizer.step()"),
        ("1.1.0", "1.1"),
        True,
    ),
    Case(
        "scheduler_lambdas",
        "o = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)\n"
        "optim.lr_scheduler.LambdaLR(o, [lambda e: 1, lambda e: 1])",
        ("lambdas",),
    ),
    Case(
        "plateau_mode",
        "o = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)\noptim.lr_scheduler.ReduceLROnPlateau(o, mode='low')",
        ("mode", "low"),
    ),
    Case(
        "plateau_no_metric",
        "o = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)\noptim.lr_scheduler.ReduceLROnPlateau(o).step()",
        ("metrics",),
    ),
    Case(
        "plateau_factor",
        "o = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)\noptim.lr_scheduler.ReduceLROnPlateau(o, factor=2)",
        ("factor",),
    ),
    Case(
        "one_cycle_no_steps",
        "o = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)\noptim.lr_scheduler.OneCycleLR(o, 0.1)",
        ("total_steps", "epochs", "steps_per_epoch"),
    ),
    Case(
        "resume_no_initial_lr",
        "o = optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)\noptim.lr_scheduler.StepLR(o, 1, last_epoch=3)",
        ("initial_lr",),
    ),
    Case("loader_batch_zero", "data.DataLoader([1, 2], batch_size=0)", ("batch_size",)),
    Case("loader_batch_float", "data.DataLoader([1, 2], batch_size=1.5)", ("batch_size",)),
    Case("loader_empty_shuffle", "data.DataLoader([], shuffle=True)", ("num_samples",)),
    Case(
        "loader_sampler_shuffle",
        "data.DataLoader([1], shuffle=True, sampler=data.SequentialSampler([1]))",
        ("sampler", "shuffle"),
    ),
    Case("loader_workers_negative", "data.DataLoader([1], num_workers=-1)", ("num_workers",)),
    Case("loader_prefetch", "data.DataLoader([1], prefetch_factor=2)", ("prefetch_factor", "num_workers")),
    Case("loader_persistent", "data.DataLoader([1], persistent_workers=True)", ("persistent_workers", "num_workers")),
    Case("loader_batch_sampler", "data.DataLoader([1], batch_size=2, batch_sampler=[[0]])", ("batch_sampler",)),
    Case("loader_timeout", "data.DataLoader([1], timeout=-1)", ("timeout",)),
    Case("loader_assign_after", "loader = data.DataLoader([1, 2])\nloader.batch_size = 4", ("batch_size",)),
    Case(
        "collate_sizes", "next(iter(data.DataLoader([torch.ones(2), torch.ones(3)], batch_size=2)))", ("stack", "size")
    ),
    Case("collate_list_sizes", "next(iter(data.DataLoader([[1, 2], [1]], batch_size=2)))", ("equal size",)),
    Case("collate_none", "next(iter(data.DataLoader([None, None], batch_size=2)))", ("NoneType",)),
    Case("collate_objects", "next(iter(data.DataLoader([object(), object()], batch_size=2)))", ("object",)),
    Case("dataset_no_getitem", "class D(data.Dataset):\n    pass\nD()[0]", ()),
    Case(
        "dataset_no_len",
        "class D(data.Dataset):\n    def __getitem__(self, i):\n        return i\ndata.DataLoader(D(), shuffle=True)",
        ("len",),
    ),
    Case("tensor_dataset_sizes", "data.TensorDataset(torch.ones(3), torch.ones(4))", ("size mismatch",)),
    Case("tensor_dataset_index", "data.TensorDataset(torch.ones(3))[3]", ("index",)),
    Case("random_split_lengths", "data.random_split(range(5), [2, 2])", ("length",)),
    Case("random_split_fractions", "data.random_split(range(5), [0.5, 1.5])", ("length",)),
    Case("random_sampler_count", "data.RandomSampler([1, 2], num_samples=0)", ("num_samples",)),
    Case("weighted_sampler", "data.WeightedRandomSampler([1.0], 0)", ("num_samples",)),
    Case("concat_empty", "data.ConcatDataset([])", ("empty",)),
    Case(
        "iterable_with_sampler",
        "class D(data.IterableDataset):\n    def __iter__(self):\n        return iter([1])\n"
        "data.DataLoader(D(), shuffle=True)",
        ("IterableDataset", "shuffle"),
    ),
    Case("load_missing_file", "torch.load('nothing.pth')", ("nothing.pth",)),
    Case("load_empty_file", "open('a.pth', 'w').close()\ntorch.load('a.pth')", ()),
    Case(
        "load_truncated",
        "torch.save(torch.ones(50), 'a.pth')\nb = open('a.pth', 'rb').read()\n"
        "open('b.pth', 'wb').write(b[:len(b) // 2])\ntorch.load('b.pth')",
        (),
    ),
    Case("load_folder", "os.mkdir('d')\ntorch.load('d')", ("d",)),
    Case(
        "load_unsafe_object",
        "import fractions\ntorch.save({'a': fractions.Fraction(1, 2)}, 'a.pth')\ntorch.load('a.pth')",
        ("weights_only", "fractions.Fraction"),
        ("0", "1", "2"),
    ),
    Case(
        "load_whole_model",
        "torch.save(nn.Linear(1, 1), 'a.pth')\ntorch.load('a.pth')",
        ("weights_only", "Linear"),
        ("0", "1", "2"),
    ),
    Case(
        "load_unsafe_call",
        "class Bad:\n    def __reduce__(self):\n        return (os.getcwd, ())\n"
        "torch.save(Bad(), 'a.pth')\ntorch.load('a.pth')",
        ("weights_only", "getcwd"),
    ),
    Case("save_folder_missing", "torch.save(torch.ones(1), 'no/such/a.pth')", ("no/such",)),
    Case("save_lambda", "torch.save(lambda: 1, 'a.pth')", ("lambda",)),
    Case("save_to_nothing", "torch.save(torch.ones(1), 3)", ()),
    Case("load_cuda_location", "torch.save(torch.ones(1), 'a.pth')\ntorch.load('a.pth', map_location='gpu')", ("gpu",)),
    Case(
        "vector_to_parameters", "nn.utils.vector_to_parameters([1.0], nn.Linear(1, 1).parameters())", ("Tensor", "list")
    ),
    Case("weight_norm_absent", "nn.utils.remove_weight_norm(nn.Linear(1, 1))", ("weight",)),
    Case("hook_not_callable_result", "m = nn.Linear(1, 1)\nm.register_forward_hook(3)\nm(torch.ones(1))", ("int",)),
    Case("distribution_parameter", "torch.distributions.Normal(0.0, -1.0)", ("scale", "Normal")),
    Case("distribution_both", "torch.distributions.Categorical()", ("probs", "logits")),
    Case("distribution_sample_value", "torch.distributions.Bernoulli(0.5).log_prob(torch.tensor(0.3))", ("support",)),
    Case("vmap_sizes", "torch.func.vmap(torch.add)(torch.ones(2), torch.ones(3))", ("vmap", "size")),
    Case("func_grad_vector", "torch.func.grad(lambda x: x * 2)(torch.ones(2))", ("scalar",)),
    Case("compile_positional", "torch.amp.autocast()", ("device_type",)),
]
