"""Optimizers and learning-rate schedules, as in `torch.optim`."""

from penlight.ledger.missing import module_getattr
from penlight.optim import lr_scheduler
from penlight.optim.adadelta import Adadelta
from penlight.optim.adafactor import Adafactor
from penlight.optim.adagrad import Adagrad
from penlight.optim.adam import Adam, AdamW
from penlight.optim.adamax import Adamax
from penlight.optim.asgd import ASGD
from penlight.optim.lbfgs import LBFGS
from penlight.optim.muon import Muon
from penlight.optim.nadam import NAdam
from penlight.optim.optimizer import Optimizer, swap_in_optimizer_params_and_state
from penlight.optim.radam import RAdam
from penlight.optim.rmsprop import RMSprop
from penlight.optim.rprop import Rprop
from penlight.optim.sgd import SGD
from penlight.optim.sparse_adam import SparseAdam

__all__ = [
    "ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "Muon", "NAdam", "Optimizer",
    "RAdam", "RMSprop", "Rprop", "SGD", "SparseAdam", "lr_scheduler", "swap_in_optimizer_params_and_state",
]  # fmt: skip

__getattr__ = module_getattr(__name__, lazy=("swa_utils",))  # which needs torch.nn
