"""The op table. Importing this package declares every op; `table` holds the machinery, the other files one topic each."""

import importlib
import pkgutil

for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"penlight.ops.{_module}")
