"""The examples are installed beside penlight, as the package `penlight_examples`; the rest is in pyproject.toml."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["penlight", "penlight.*"]), "penlight_examples"],
    package_dir={"penlight_examples": "examples"},
)
