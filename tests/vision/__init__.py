"""penlight.vision beside torchvision: recorded results, live where torchvision can be imported."""
