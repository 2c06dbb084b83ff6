"""Where templates, migrations, static files and catalogues lie: inside the installed package, else beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """The directory `name` ("templates", "migrations", "static" or "locale").

    A wheel carries it as package data under `liaison/_data/`; a checkout has it beside the package.
    """
    shipped = _PACKAGE / "_data" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name
