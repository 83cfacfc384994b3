"""The TensorBoard log behind ``--logdir``."""


def open_log(folder):
    """A ``SummaryWriter`` to a folder, or None where none is asked for.

    Look at it with ``tensorboard --logdir FOLDER``. A run that goes on from a checkpoint logs the same values again
    from there on.
    """
    if folder is None:
        return None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise SystemExit(
            f"--logdir {folder}: no log can be written, because a package is missing ({error}).\n"
            "Install one with `pip install tensorboardX` (penlight) or `pip install tensorboard` (PyTorch)."
        ) from error
    return SummaryWriter(str(folder))
