"""Sites that are there already where a test begins: made once by the command itself, and copied."""

import shutil
from pathlib import Path

import pytest

from liaison.demo import bundle_file
from tests.cli.test_commands import run


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Below it, `new` holds a migrated site with nobody in it, `peopled` one whose people were imported."""
    directory = tmp_path_factory.mktemp("sites")
    (directory / "new").mkdir()
    done = run(directory / "new", "migrate")
    assert done.returncode == 0, done.stderr
    shutil.copytree(directory / "new", directory / "peopled")
    done = run(directory / "peopled", "import", str(bundle_file()))
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture
def new_site(made_once: Path, tmp_path: Path) -> Path:
    """A directory with a migrated site, as `liaison migrate` leaves it."""
    shutil.copytree(made_once / "new", tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def peopled_site(made_once: Path, tmp_path: Path) -> Path:
    """A directory with a site whose people were imported."""
    shutil.copytree(made_once / "peopled", tmp_path, dirs_exist_ok=True)
    return tmp_path
