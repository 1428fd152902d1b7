"""Fixtures for pytest, found by themselves once the package is installed."""

from typing import Iterator

import pytest

from . import Simulator, Tenant


@pytest.fixture(scope="session")
def entrasim() -> Iterator[Simulator]:
    """One simulator for the whole run."""
    with Simulator.start() as simulator:
        yield simulator


@pytest.fixture
def entrasim_tenant(entrasim: Simulator) -> Iterator[Tenant]:
    """A tenant of the test's own."""
    tenant = entrasim.new_tenant()
    yield tenant
    tenant.delete()
