"""Neural controlled differential equations with torchcde: interpolations, fixed steps, the adjoint."""

import torch
import torchcde
from report import show, train

torch.manual_seed(0)
t = torch.linspace(0, 1, 12)
x = torch.cat([t[:, None].expand(6, 12, 1), torch.randn(6, 12, 2).cumsum(1)], -1)
gappy = x.clone()
gappy[torch.rand(6, 12, 3) < 0.2] = float("nan")
coefficients = torchcde.hermite_cubic_coefficients_with_backward_differences(x)
show("hermite", coefficients)
show("natural", torchcde.natural_cubic_coeffs(gappy), torchcde.natural_cubic_coeffs(x, t))
show("linear", torchcde.linear_interpolation_coeffs(gappy), torchcde.linear_interpolation_coeffs(x, rectilinear=0))
spline = torchcde.CubicSpline(coefficients)
show("spline", spline.evaluate(torch.tensor(0.37)), spline.derivative(torch.tensor(4.2)), spline.interval)


class Field(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Linear(4, 16), torch.nn.Linear(16, 12)

    def forward(self, t, z):
        return self.second(self.first(z).relu()).tanh().unflatten(-1, (4, 3))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.start, self.field, self.end = torch.nn.Linear(3, 4), Field(), torch.nn.Linear(4, 1)

    def forward(self, path, **options):
        z = torchcde.cdeint(path, self.field, self.start(path.evaluate(path.interval[0])), path.interval, **options)
        return self.end(z[:, -1])


model, y = Model(), (x[:, -1, 1:2] > 0).float()
bce = torch.nn.functional.binary_cross_entropy_with_logits
train(model, lambda: bce(model(spline, method="rk4", options={"step_size": 0.5}), y))
train(model, lambda: bce(model(spline, adjoint=False, method="midpoint", options={"step_size": 0.5}), y), 2)
linear = torchcde.LinearInterpolation(torchcde.linear_interpolation_coeffs(x))
train(model, lambda: bce(model(linear, method="euler", options={"step_size": 1.0}), y), 2)
