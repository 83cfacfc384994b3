"""Transfer learning: a net that knows some photos learns to tell others apart."""
