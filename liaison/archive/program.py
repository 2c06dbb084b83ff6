"""The verifier as a file: the same program that is tested here lies in every archive."""

from importlib.resources import files


def verifier() -> bytes:
    """Its text."""
    return files("liaison.archive").joinpath("verify.py").read_bytes()
