"""What `torch.func`, `torch.vmap` and forward-mode AD are made of: wrapped tensors, their levels, their rules.

A transform makes its inputs WRAPPED tensors, whose class overrides ops through the ordinary `__torch_function__` path,
so that plain tensors pay nothing.

* A `BatchedTensor` (`vmap`) is a tensor with one more dimension at the front, hidden. An op on it is a rule for its kind
  (`batch_rules*.py`), the composite's own body, or a loop over the batch with `stack`: right for everything, fast for
  what is common. The ops a rule calls are ordinary recorded ones, so there is one graph, on the physical tensors, and
  gradients need no rules of their own.
* A `DualTensor` (forward mode) is a primal with a tangent. An op's tangent is a direct formula for views, linear,
  multilinear and elementwise ops; for all others it is the vjp of the op's vjp: g -> g^T J is linear in g, so that its
  own vjp with t is J t. Every op with a gradient rule therefore has a forward derivative.
* `grad`, `vjp`, `jacrev` differentiate by private copies of their inputs, which are expanded over the batch levels that
  are open, so that samples stay independent and one backward pass gives per-sample gradients (`pull.py`).

Levels are numbered; an argument of the highest level decides who handles an op, and the handler calls the op again on
what is inside. That is all that nesting needs.
"""
