"""Pyro: traces, stochastic variational inference with guides, and Hamiltonian Monte Carlo."""

import pyro
import pyro.distributions as dist
import torch
from pyro.infer import MCMC, NUTS, SVI, Predictive, Trace_ELBO, TraceEnum_ELBO, config_enumerate
from pyro.infer.autoguide import AutoDiagonalNormal
from report import show

pyro.set_rng_seed(0)
x = torch.randn(40, 2)
y = x @ torch.tensor([1.0, -2.0]) + 0.5 + 0.1 * torch.randn(40)


def model(x, y=None):
    w = pyro.sample("w", dist.Normal(torch.zeros(2), 1.0).to_event(1))
    b = pyro.sample("b", dist.Normal(0.0, 1.0))
    s = pyro.sample("s", dist.LogNormal(0.0, 1.0))
    with pyro.plate("data", len(x)):
        return pyro.sample("y", dist.Normal(x @ w + b, s), obs=y)


trace = pyro.poutine.trace(model).get_trace(x, y)
show("trace", sorted(trace.nodes), trace.log_prob_sum())
guide = AutoDiagonalNormal(model)
svi = SVI(model, guide, pyro.optim.Adam({"lr": 0.05}), Trace_ELBO(num_particles=2))
for _ in range(4):
    show("elbo", float(svi.step(x, y)))
show("guide", *guide.median().values())
show("predicted", Predictive(model, guide=guide, num_samples=3)(x[:4])["y"])


@config_enumerate
def mixture(data):
    locs = pyro.param("locs", torch.tensor([-1.0, 1.0]))
    with pyro.plate("points", len(data)):
        k = pyro.sample("k", dist.Categorical(torch.tensor([0.4, 0.6])))
        pyro.sample("obs", dist.Normal(locs[k], 0.5), obs=data)


svi = SVI(mixture, lambda data: None, pyro.optim.ClippedAdam({"lr": 0.1}), TraceEnum_ELBO(max_plate_nesting=1))
for _ in range(3):
    show("enumerated", float(svi.step(y)))
pyro.clear_param_store()
chain = MCMC(NUTS(model, max_tree_depth=3, jit_compile=False), num_samples=4, warmup_steps=4, disable_progbar=True)
chain.run(x, y)
show("samples", *chain.get_samples().values())
