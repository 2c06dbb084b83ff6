"""Which feature composes which kind of mail."""

from collections.abc import Mapping
from typing import Final

from liaison.mail.delivery import Composer

COMPOSERS: Final[Mapping[str, Composer]] = {}
