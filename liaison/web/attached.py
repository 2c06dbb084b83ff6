"""Files that are kept, not opened: how a browser is told so."""

from urllib.parse import quote

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attached(file_name: str) -> dict[str, str]:
    """The headers of a file to be kept under this name, in any script (RFC 6266, RFC 8187); it may do nothing where it is opened after all."""
    ending = file_name.rpartition(".")[2]
    plain = f"liaison.{ending}" if ending.isalnum() and ending.isascii() else "liaison"
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
