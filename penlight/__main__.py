"""`python -m penlight`: the same as the `penlight` command."""

import sys

from penlight.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
