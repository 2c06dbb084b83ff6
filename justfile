# The habits of this code base as short names; every line is a plain command that can be typed as it stands.
# CONTRIBUTING.md explains them, and tests/code/test_habits.py keeps CI doing the same.

# What a change must pass, on SQLite
check: lint types layers words test

lint:
    uv run ruff format --check
    uv run ruff check

types:
    uv run mypy

layers:
    uv run lint-imports

words:
    uv run tools/messages.py --check
    uv run tools/vendor.py --check

test:
    uv run pytest -n 2 --ignore=tests/browser

# The same tests on PostgreSQL, whose tables the migrations make
check-pg:
    LIAISON_TEST_DATABASE=postgresql uv run pytest -n 2 --ignore=tests/browser --ignore=tests/code

# Pages in Chromium, with axe-core
check-browser:
    uv run pytest tests/browser

demo:
    uv run --no-dev liaison demo

# The pictures of docs/officers.*.md, from a fresh demo
pictures:
    uv run --with pillow python -m tools.pictures
