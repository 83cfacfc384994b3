"""What pyproject.toml cannot say: the examples as the package `penlight_examples`, and the optional kernels in C.

Where no C compiler is found (or it is not GCC or Clang), the build goes on without the kernels.
"""

from glob import glob

from setuptools import Extension, find_packages, setup

setup(
    packages=[*find_packages(include=["penlight", "penlight.*"]), "penlight_examples"],
    package_dir={"penlight_examples": "examples"},
    ext_modules=[
        Extension(
            "penlight.backends._kernels",
            sources=sorted(glob("native/*.c")),
            depends=sorted(glob("native/*.h") + glob("native/*.inc")),
            extra_compile_args=["-O3", "-g0", "-fno-math-errno", "-pthread"],
            extra_link_args=["-pthread"],
            optional=True,
        )
    ],
)
