"""What a changed backup file comes to, asked of gzip itself."""

import gzip
import zlib


def unpacked(data: bytes) -> bytes | None:
    """What gzip makes of it; None where that is broken. A match within a run of zeros may point elsewhere and say the same."""
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None
