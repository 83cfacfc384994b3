"""Wrong calls that learners make, with the exception and message that PyTorch gives for each."""
