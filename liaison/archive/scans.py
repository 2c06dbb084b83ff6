"""The sheets that agencies signed on paper, as they were scanned: whoever reads a version reads them."""

import asyncio

from liaison.archive.filing import Filed
from liaison.archive.packing import Packer
from liaison.archive.pages import FileShown
from liaison.archive.scope import Scope
from liaison.countersigning.models import DocumentVersion
from liaison.db import Session


async def scans(
    db: Session, scope: Scope, packer: Packer, folder: str, version: DocumentVersion, kind: str, title: str
) -> list[FileShown]:
    """Put them beside the text that they belong to; each by its name in that folder."""
    shown = []
    for word in version.sign_offs:
        if not word.scan:
            continue
        signer = next((one.agency_name for one in version.signers if one.agency_id == word.agency_id), "")
        path = packer.path(folder, word.scan["file_name"])
        filed = Filed(kind, f"{version.head.get('title', '')} {title}".strip(), signer, "", scope.local(word.at))
        source = db.settings.papers_dir / word.scan["stored_name"]
        if await asyncio.to_thread(packer.add_file, path, source, filed):
            shown.append(FileShown(title, path.rpartition("/")[2], signer))
        else:
            scope.left_out["lost"] += 1
    return shown
