"""What the examples share: options and commands, traces, checkpoints, sample data, pictures, logs, progress bars."""
