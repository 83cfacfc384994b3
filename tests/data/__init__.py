"""Datasets, samplers, collation, the DataLoader."""
