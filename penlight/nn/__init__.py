from penlight.nn import functional, init  # noqa: F401
