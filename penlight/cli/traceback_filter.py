"""Keep the runner's own lines out of a program's tracebacks."""

from __future__ import annotations

import os
import sys
import types

_HERE = os.path.dirname(os.path.abspath(__file__))
_PENLIGHT = os.path.dirname(_HERE)
# Run by this command, before the program or under its import statements.
_OWN_FILES = frozenset(
    {
        os.path.join(_HERE, "main.py"),
        os.path.join(_HERE, "run.py"),
        os.path.abspath(__file__),
        os.path.join(_PENLIGHT, "__main__.py"),
        os.path.join(_PENLIGHT, "alias.py"),
        os.path.join(_PENLIGHT, "ledger", "missing.py"),
    }
)


def _program_frames(traceback: types.TracebackType | None) -> types.TracebackType | None:
    """Return the traceback without the frames before the program's first, and without penlight's import frames."""
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    own = [frame.tb_frame.f_code.co_filename in _OWN_FILES for frame in frames]
    # The frames of the runner come first; from run.py's exec on, the program's.
    start = 0
    for place, frame in enumerate(frames):
        if frame.tb_frame.f_code.co_filename == os.path.join(_HERE, "run.py"):
            start = place + 1
        elif start and not own[place]:
            break
    kept = [frame for frame, is_own in zip(frames[start:], own[start:], strict=True) if not is_own]
    importing = [frame.tb_frame.f_code.co_filename.startswith("<frozen importlib") for frame in kept]
    while kept and importing[-1]:  # left at the end once the finder's own frame is gone
        kept.pop()
        importing.pop()
    below = None
    for frame in reversed(kept):
        below = types.TracebackType(below, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return below


class OwnFramesHidden:
    """Let what escapes from the `with` block be shown without the runner's frames.

    The exception goes on to Python itself, so that the exit code, `sys.last_value` and `python -i` are as ever; only
    what `sys.excepthook` is handed is shortened.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, value: BaseException | None, traceback: object) -> None:
        if value is None:
            return
        hook = sys.excepthook  # the program's own, when it has set one

        def shortened(kind: type[BaseException], value: BaseException, traceback: types.TracebackType | None) -> None:
            traceback = _program_frames(traceback)
            sys.last_traceback = traceback
            hook(kind, value.with_traceback(traceback), traceback)

        sys.excepthook = shortened
