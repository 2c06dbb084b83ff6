"""Minutes behind mailed links."""

from liaison.minutes.routes.links import PAGES as LINK_PAGES

__all__ = ["LINK_PAGES"]
