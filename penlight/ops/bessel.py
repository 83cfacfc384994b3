"""Bessel functions of `torch.special` and the Airy function: elementwise, without gradients as in PyTorch."""

from __future__ import annotations

from penlight.ops.kinds import refuse_narrow, unary

__all__: list[str] = []


def _declare(name, kernel_name, what):
    def kernel(xp, input):
        refuse_narrow(f"{name}_cpu", input)
        return getattr(xp, kernel_name)(input)

    kernel.__doc__ = f"""{what}; no gradient.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.{name}
    """
    unary(f"special_{name}(Tensor input)", on="special", inplace=False, half="direct")(kernel)


_declare("airy_ai", "airy_ai", "The Airy function Ai")
for _kind, _letter in (("first", "j"), ("second", "y")):
    for _order in "01":
        _name = f"bessel_{_letter}{_order}"
        _declare(_name, _name, f"The Bessel function of the {_kind} kind of order {_order}")
for _order in "01":
    _what = f"modified Bessel function of the {{}} kind of order {_order}"
    _declare(f"modified_bessel_i{_order}", f"i{_order}", "The " + _what.format("first"))
    _declare(f"modified_bessel_k{_order}", f"bessel_k{_order}", "The " + _what.format("second"))
    _declare(
        f"scaled_modified_bessel_k{_order}",
        f"scaled_bessel_k{_order}",
        "exp(input) times the " + _what.format("second"),
    )
_declare(
    "spherical_bessel_j0", "spherical_bessel_j0", "The spherical Bessel function of order 0: sin(input) / input, 1 at 0"
)
