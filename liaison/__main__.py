"""`python -m liaison` and the `liaison` command."""

import gc

from liaison.cli import liaison


def main() -> None:
    """Run the command line.

    Nearly all that is made at the start stays, so nobody looks for what could be thrown away before `console.run`."""
    gc.disable()
    liaison(prog_name="liaison")


if __name__ == "__main__":
    main()
