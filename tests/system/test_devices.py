"""`torch.cuda`, `torch.backends`, `torch.accelerator` and their like, on a machine that has none of it."""

import pytest

import penlight as torch


def test_questions_about_gpus_are_answered():
    assert not torch.cuda.is_available() and torch.cuda.device_count() == 0 and not torch.cuda.is_initialized()
    assert torch.cuda.memory_allocated() == torch.cuda.max_memory_reserved() == 0
    assert torch.cuda.get_rng_state_all() == [] and torch.cuda.default_generators == ()
    assert torch.version.cuda is None and torch.version.hip is None
    assert torch.accelerator.current_accelerator() is None and not torch.accelerator.is_available()
    assert not torch.backends.mps.is_available() and not torch.xpu.is_available() and not torch.mps.is_available()


def test_seeding_every_device_is_accepted():
    for module in (torch.cuda, torch.xpu):
        assert module.manual_seed(1) is None and module.manual_seed_all(1) is None
    assert torch.mps.manual_seed(1) is None


# what PyTorch 2.13 for the CPU raises
RAISES = [
    (lambda: torch.cuda.current_device(), AssertionError, "Torch not compiled with CUDA enabled"),
    (lambda: torch.cuda.synchronize(), AssertionError, "Torch not compiled with CUDA enabled"),
    (lambda: torch.cuda.get_device_name(0), AssertionError, "Torch not compiled with CUDA enabled"),
    (lambda: torch.cuda.set_device("cpu"), ValueError, "Expected a cuda device, but got: cpu"),
    (lambda: torch.cuda.set_device(0), AttributeError, "_cuda_setDevice"),
    (lambda: torch.cuda.Stream(), RuntimeError, "torch.cuda.Stream requires CUDA support"),
    (lambda: torch.cuda.Event(), RuntimeError, "Tried to instantiate dummy base class Event"),
    (lambda: torch.cuda.device(0).__enter__(), RuntimeError, "PyTorch was compiled without CUDA support"),
    (lambda: torch.cuda.FloatTensor(2), TypeError, "type torch.cuda.FloatTensor not available"),
    (lambda: torch.cuda.nvtx.mark("a"), RuntimeError, "NVTX functions not installed"),
    (lambda: torch.accelerator.synchronize(), RuntimeError, "Cannot access accelerator device when none is available."),
    (lambda: torch.mps.synchronize(), RuntimeError, "Cannot execute deviceSynchronize() without MPS backend."),
    (lambda: torch.xpu.synchronize(), AssertionError, "Torch not compiled with XPU enabled"),
    (lambda: torch.distributed.get_rank(), ValueError, "Default process group has not been initialized"),
]


@pytest.mark.parametrize("call, kind, text", RAISES)
def test_what_needs_a_gpu_raises_as_pytorch_does(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert text in str(caught.value)


def test_blocks_that_need_no_gpu():
    with torch.cuda.device(-1), torch.cuda.device_of(torch.zeros(1)), torch.cuda.stream(None):
        pass
    assert not isinstance(torch.zeros(1), torch.cuda.FloatTensor)
    assert issubclass(torch.cuda.OutOfMemoryError, RuntimeError)


def test_settings_are_checked_and_remembered():
    cudnn = torch.backends.cudnn
    assert (cudnn.enabled, cudnn.benchmark, cudnn.deterministic, cudnn.version()) == (True, False, False, None)
    with pytest.raises(RuntimeError, match="set_benchmark_cudnn expects a bool, but got int"):
        cudnn.benchmark = 3
    with cudnn.flags(enabled=False, benchmark=True):
        assert cudnn.benchmark and not cudnn.enabled
    assert cudnn.enabled and not cudnn.benchmark
    with pytest.raises(AttributeError, match="Unknown attribute foo"):
        torch.backends.cuda.matmul.foo = 1
    with pytest.raises(RuntimeError, match="foo is not a valid value for quantized engine"):
        torch.backends.quantized.engine = "foo"
    with pytest.warns(FutureWarning), torch.backends.cuda.sdp_kernel(enable_flash=False):
        assert not torch.backends.cuda.flash_sdp_enabled()
    assert torch.backends.cuda.flash_sdp_enabled()


def test_fork_rng_leaves_the_stream_as_it_was():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    with torch.random.fork_rng():
        torch.rand(5)
    assert torch.equal(torch.rand(3), expected)
    with pytest.raises(AssertionError, match="CUDA"), torch.random.fork_rng(devices=[0]):
        pass
