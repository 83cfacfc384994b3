"""The choice of attention's kernels: allowed ones serve, others raise as PyTorch does."""

from __future__ import annotations

import pytest

import penlight as torch
from penlight.nn.attention import SDPBackend, sdpa_kernel
from penlight.nn.functional import scaled_dot_product_attention

Q = torch.arange(24.0).view(1, 2, 3, 4) / 10


@pytest.mark.parametrize("allowed", [SDPBackend.MATH, SDPBackend.FLASH_ATTENTION, list(SDPBackend)])
def test_allowed_kernels_give_the_same(allowed):
    expected = scaled_dot_product_attention(Q, Q, Q)
    with sdpa_kernel(allowed):
        assert torch.equal(scaled_dot_product_attention(Q, Q, Q), expected)


@pytest.mark.parametrize("allowed", [SDPBackend.EFFICIENT_ATTENTION, [SDPBackend.CUDNN_ATTENTION], []])
def test_without_a_kernel_attention_raises(allowed):
    with sdpa_kernel(allowed), pytest.raises(RuntimeError, match="No viable backend"):
        scaled_dot_product_attention(Q, Q, Q)
    assert scaled_dot_product_attention(Q, Q, Q).shape == Q.shape


def test_the_flags_follow_and_come_back():
    @sdpa_kernel(SDPBackend.MATH)
    def flags():
        return torch.backends.cuda.math_sdp_enabled(), torch.backends.cuda.flash_sdp_enabled()

    assert flags() == (True, False)
    assert torch.backends.cuda.flash_sdp_enabled()
    with pytest.raises(AssertionError, match="got int"), sdpa_kernel(3):
        pass
