"""What PyTorch has and penlight has not: the recorded names, the errors that say so, the coverage report."""
