"""PennyLane with PyTorch's tensors: circuits trained by backpropagation and by the parameter-shift rule, a layer in a network."""

import pennylane as qml
import torch
from report import show, train

torch.manual_seed(0)
device = qml.device("default.qubit", wires=3)
weights = torch.rand(2, 3, 3, dtype=torch.float64, requires_grad=True)
x = torch.tensor([0.3, 0.8, 1.1], dtype=torch.float64)
for method in ("backprop", "parameter-shift", "adjoint"):

    @qml.qnode(device, interface="torch", diff_method=method)
    def circuit(weights, x):
        qml.AngleEmbedding(x, wires=range(3))
        qml.StronglyEntanglingLayers(weights, wires=range(3))
        return qml.expval(qml.PauliZ(0)), qml.expval(qml.PauliX(1) @ qml.PauliZ(2))

    values = torch.stack(circuit(weights, x))
    show(method, values, *torch.autograd.grad(values.sum(), weights))


@qml.qnode(device, interface="torch")
def probabilities(weights):
    qml.StronglyEntanglingLayers(weights, wires=range(3))
    return qml.probs(wires=[0, 1]), qml.density_matrix(0), qml.state()


show("probabilities", *probabilities(weights))
jacobian = torch.autograd.functional.jacobian(lambda w: probabilities(w)[0], weights)
show("jacobian", jacobian)


@qml.qnode(device, interface="torch")
def layer(inputs, weights):
    qml.AngleEmbedding(inputs, wires=range(3))
    qml.BasicEntanglerLayers(weights, wires=range(3))
    return [qml.expval(qml.PauliZ(i)) for i in range(3)]


model = torch.nn.Sequential(
    torch.nn.Linear(4, 3), qml.qnn.TorchLayer(layer, {"weights": (2, 3)}), torch.nn.Linear(3, 1)
)
data = torch.randn(5, 4)
train(model, lambda: (model(data) - 1).square().mean())
hamiltonian = qml.Hamiltonian([0.5, -0.8], [qml.PauliZ(0) @ qml.PauliZ(1), qml.PauliX(0)])


@qml.qnode(qml.device("default.mixed", wires=2), interface="torch")
def noisy(theta):
    qml.RY(theta[0], 0)
    qml.CNOT([0, 1])
    qml.DepolarizingChannel(0.1, 0)
    qml.RX(theta[1], 1)
    return qml.expval(hamiltonian)


theta = torch.tensor([0.4, 0.2], dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.Adam([theta], 0.1)
for _ in range(4):
    optimizer.zero_grad()
    energy = noisy(theta)
    energy.backward()
    optimizer.step()
    show("energy", energy, theta)
