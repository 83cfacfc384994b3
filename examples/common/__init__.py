"""What the examples share: options, traces, sample data, image files, progress bars."""
