"""Linear algebra and Fourier transforms: identities, directional derivatives, errors."""

import numpy as np
import pytest

import penlight as torch

RNG = np.random.default_rng(0)


def matrices(*shape, kind="float64"):
    data = RNG.standard_normal(shape)
    if kind.startswith("complex"):
        data = data + 1j * RNG.standard_normal(shape)
    return torch.from_numpy(data.astype(kind))


def positive(kind):
    a = matrices(2, 4, 4, kind=kind)
    return a @ a.mH + 4 * torch.eye(4, dtype=a.dtype)


def directional(function, x, step=1e-6):
    """Compare <gradient, direction> with a central difference."""
    x = x.detach().requires_grad_()
    function(x).backward()
    direction = matrices(*x.shape, kind=str(x.detach().numpy().dtype))
    if function.__name__ == "hermitian":
        direction = direction + direction.mH
    with torch.no_grad():
        slope = (function(x + step * direction) - function(x - step * direction)).item() / (2 * step)
    inside = (x.grad.numpy().conj() * direction.numpy()).sum().real
    assert inside == pytest.approx(slope, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("kind", ["float64", "complex128"])
@pytest.mark.parametrize(
    "function",
    [
        lambda a: torch.linalg.inv(a).abs().sum(),
        lambda a: torch.linalg.det(a).abs().sum(),
        lambda a: torch.linalg.slogdet(a)[1].sum(),
        lambda a: torch.linalg.svdvals(a).pow(2).sum().sqrt(),
        lambda a: torch.linalg.qr(a)[1].abs().sum(),
        lambda a: torch.linalg.pinv(a[:, :, :2]).abs().sum(),
        lambda a: torch.linalg.matrix_exp(a * 0.3).abs().sum(),
        lambda a: torch.linalg.solve(a, a.mH).abs().sum(),
        lambda a: torch.linalg.lu(a)[2].abs().sum(),
        lambda a: torch.linalg.norm(a[0], "nuc"),
        lambda a: torch.fft.fft2(a).abs().sum(),
        lambda a: torch.fft.irfft(a, 5).abs().sum(),
    ],
    ids=["inv", "det", "slogdet", "svdvals", "qr", "pinv", "exp", "solve", "lu", "nuc", "fft2", "irfft"],
)
def test_derivatives(kind, function):
    directional(function, positive(kind) + matrices(2, 4, 4, kind=kind))


@pytest.mark.parametrize("kind", ["float64", "complex128"])
@pytest.mark.parametrize(
    "name",
    ["cholesky", "eigh", "eigvalsh"],
)
def test_derivatives_on_hermitian_matrices(kind, name):
    def hermitian(a):
        if name == "cholesky":
            return torch.linalg.cholesky(a).abs().sum()
        return torch.linalg.eigh(a)[1].abs().sum() if name == "eigh" else torch.linalg.eigvalsh(a).pow(3).sum()

    directional(hermitian, positive(kind))


def test_factorisations_multiply_back():
    a = matrices(3, 5, 4)
    U, S, Vh = torch.linalg.svd(a, full_matrices=False)
    Q, R = torch.linalg.qr(a)
    P, L, W = torch.linalg.lu(a)
    for product in ((U * S.unsqueeze(-2)) @ Vh, Q @ R, P @ L @ W):
        np.testing.assert_allclose(product.numpy(), a.numpy(), atol=1e-12)


def test_lu_solve_both_ways():
    a, b = positive("complex128"), matrices(2, 4, 3, kind="complex128")
    LU, pivots = torch.linalg.lu_factor(a)
    np.testing.assert_allclose((a @ torch.linalg.lu_solve(LU, pivots, b)).numpy(), b.numpy(), atol=1e-10)
    x = torch.linalg.lu_solve(LU, pivots, b, adjoint=True)
    np.testing.assert_allclose((a.mH @ x).numpy(), b.numpy(), atol=1e-10)


def test_singular_matrices():
    zero = torch.zeros(3, 3)
    with pytest.raises(torch.linalg.LinAlgError, match="The diagonal element 1 is zero"):
        torch.inverse(zero)
    with pytest.raises(RuntimeError, match="solver failed because the input matrix is singular"):
        torch.linalg.solve(zero, zero)
    with pytest.raises(torch.linalg.LinAlgError, match="leading minor of order 2"):
        torch.linalg.cholesky(torch.diag(torch.tensor([1.0, -1.0])))
    assert torch.linalg.det(zero).item() == 0
    assert torch.linalg.inv_ex(zero).info.item() == 1
    with pytest.raises(RuntimeError, match="Low precision dtypes not supported. Got Half"):
        torch.linalg.inv(zero.half())


def test_zeros_on_the_diagonal_of_a_factor():
    with pytest.raises(torch.linalg.LinAlgError, match=r"\(Batch element 1\): The diagonal element 2 is zero"):
        torch.cholesky_inverse(torch.tensor([[[2.0, 1.0], [1.0, 1.0]], [[2.0, 1.0], [1.0, 0.0]]]))


def test_matrix_exponentials_keep_the_matrix_beside_a_large_gradient():
    """PyTorch 2.13 loses it: the gradient of exp(exp(A)) comes out seven times too small."""
    a = torch.tensor([[1.0, 1.0], [1.0, 3.23]], dtype=torch.float64, requires_grad=True)
    (g,) = torch.autograd.grad(torch.matrix_exp(a).sum(), a)
    (large,) = torch.autograd.grad(torch.matrix_exp(a).sum() * 1e30, a)
    np.testing.assert_allclose(large.numpy(), g.numpy() * 1e30, rtol=1e-12)


def test_histograms_of_huge_numbers():
    """PyTorch's product of a distance with the number of bins overflows, and counts in the first bin."""
    for kind, huge in ((torch.float32, 3e38), (torch.float64, 1e308)):
        assert torch.histc(torch.tensor([huge, 0.0, huge / 2, 0.1 * huge], dtype=kind), 4).tolist() == [2, 0, 1, 1]


def test_det_gradient_of_a_singular_matrix():
    a = torch.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=torch.float64, requires_grad=True)
    torch.linalg.det(a).backward()
    np.testing.assert_allclose(a.grad.numpy(), [[4.0, -2.0], [-2.0, 1.0]], atol=1e-12)


@pytest.mark.parametrize("n", [7, 8])
@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
def test_fourier_transforms_invert(n, norm):
    x = matrices(3, n)
    np.testing.assert_allclose(
        torch.fft.irfft(torch.fft.rfft(x, norm=norm), n, norm=norm).numpy(), x.numpy(), atol=1e-12
    )
    np.testing.assert_allclose(
        torch.fft.hfft(torch.fft.ihfft(x, norm=norm), n, norm=norm).numpy(), x.numpy(), atol=1e-12
    )
    np.testing.assert_allclose(
        torch.fft.ifftn(torch.fft.fftn(x, norm=norm), norm=norm).real.numpy(), x.numpy(), atol=1e-12
    )
    assert torch.fft.fft(torch.ones(4)).dtype is torch.complex64
    with pytest.raises(RuntimeError, match="Unsupported dtype Half"):
        torch.fft.fft(torch.ones(4).half())


def test_stft_inverts():
    x, window = matrices(2, 100), torch.hann_window(16, dtype=torch.float64)
    spectrum = torch.stft(x, 16, window=window, return_complex=True)
    assert spectrum.shape == (2, 9, 26)
    np.testing.assert_allclose(torch.istft(spectrum, 16, window=window, length=100).numpy(), x.numpy(), atol=1e-12)
    with pytest.raises(RuntimeError, match="return_complex"):
        torch.stft(x, 16)
