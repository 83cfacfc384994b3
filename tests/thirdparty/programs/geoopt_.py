"""Riemannian optimisation with geoopt: manifolds, their maps, and two optimizers."""

import geoopt
import torch
from report import show

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
manifolds = {
    "Sphere": geoopt.Sphere(), "PoincareBall": geoopt.PoincareBall(c=0.7), 
    "Stiefel": geoopt.Stiefel(), "EuclideanStiefel": geoopt.EuclideanStiefel(), "Birkhoff": geoopt.BirkhoffPolytope(),
    "SPD": geoopt.SymmetricPositiveDefinite(), "Stereographic": geoopt.Stereographic(0.5),
    "Sphere projection": geoopt.SphereProjection(), 
    "canonical": geoopt.CanonicalStiefel(),
}  # fmt: skip
for name, manifold in manifolds.items():
    square = name in ("Birkhoff", "SPD", "Upper half", "Bounded")
    shape = (2, 3, 3) if square else (4, 3)
    x = manifold.random(*shape) if name != "Birkhoff" else manifold.projx(torch.rand(*shape))
    v = 0.1 * manifold.proju(x, torch.randn_like(x))
    moved, carried = manifold.retr_transp(x, v, v)
    show(name, x, moved, carried, manifold.inner(x, v).real.sum(), manifold.check_point_on_manifold(moved, atol=1e-4))
    try:
        show("distance", manifold.dist(x, manifold.expmap(x, v)), manifold.logmap(x, moved))
    except NotImplementedError:
        show("no distance")
for manifold in (geoopt.Sphere(), geoopt.PoincareBall(), geoopt.Stiefel(), geoopt.SymmetricPositiveDefinite()):
    start = manifold.random(3, 3) if type(manifold).__name__ != "PoincareBall" else manifold.random(3, 3, std=0.1)
    target = manifold.projx(0.3 * torch.randn(3, 3))
    for kind in (geoopt.optim.RiemannianAdam, geoopt.optim.RiemannianSGD):
        parameter = geoopt.ManifoldParameter(start.clone(), manifold=manifold)
        optimizer = kind([parameter], lr=0.05, stabilize=2)

        def closure():
            optimizer.zero_grad()  # noqa: B023
            loss = (parameter - target).square().sum()  # noqa: B023
            loss.backward()
            return loss

        for _ in range(4):
            loss = optimizer.step(closure)
        show(kind.__name__, parameter, loss if loss is not None else "")
