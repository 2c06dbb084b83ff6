"""`python -m liaison` and the `liaison` command."""

from liaison.cli import liaison


def main() -> None:
    """Run the command line."""
    liaison(prog_name="liaison")


if __name__ == "__main__":
    main()
