"""The `penlight` command."""
