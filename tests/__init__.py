"""Loaded before all else of the tests."""

import gc

gc.disable()  # nearly all that is loaded to collect the tests stays, as at the start of `liaison` itself; tests/conftest.py enables it
