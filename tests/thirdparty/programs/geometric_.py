"""torch_geometric's pure Python parts: data, loaders, message passing layers, pooling, training."""

import torch
import torch_geometric.nn as G
from report import show, train
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader
from torch_geometric.utils import add_self_loops, degree, softmax, to_dense_adj, to_undirected

torch.manual_seed(0)
edges = to_undirected(torch.randint(0, 12, (2, 30)))
graph = Data(x=torch.randn(12, 6), edge_index=edges, y=torch.randint(3, (12,)))
print(graph, graph.num_edges, graph.is_undirected(), graph.has_isolated_nodes())
show("utils", degree(edges[0], 12), add_self_loops(edges)[0].sum(), to_dense_adj(edges, max_num_nodes=12))
show("softmax", softmax(torch.randn(edges.size(1)), edges[1], num_nodes=12))
makers = (G.GCNConv(6, 8), G.GATConv(6, 4, heads=2), G.GATv2Conv(6, 8), G.SAGEConv(6, 8), G.GraphConv(6, 8), G.TAGConv(6, 8),
          G.GINConv(torch.nn.Linear(6, 8)), G.ChebConv(6, 8, 2), G.TransformerConv(6, 8), G.EdgeConv(torch.nn.Linear(12, 8)),
          G.SGConv(6, 8), G.ARMAConv(6, 8), G.GENConv(6, 8), G.GatedGraphConv(8, 2))  # fmt: skip
for layer in makers:
    out = layer(graph.x, edges)
    out.square().sum().backward()
    show(type(layer).__name__, out, sum(p.grad.abs().sum() for p in layer.parameters() if p.grad is not None))


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.norm = G.GCNConv(6, 16), G.GCNConv(16, 3), G.BatchNorm(16)

    def forward(self, data):
        x = torch.nn.functional.dropout(self.norm(self.first(data.x, data.edge_index)).relu(), 0.2, self.training)
        return self.second(x, data.edge_index)


net = Net()
train(net, lambda: torch.nn.functional.cross_entropy(net(graph), graph.y))
batch = next(iter(DataLoader([graph] * 5, batch_size=3, shuffle=True)))
show(
    "pooled",
    batch.batch,
    *(pool(batch.x, batch.batch) for pool in (G.global_mean_pool, G.global_add_pool, G.global_max_pool)),
)
show("top", *G.TopKPooling(6)(batch.x, batch.edge_index, batch=batch.batch)[:1])
