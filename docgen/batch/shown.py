"""File names as people can read them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def shown(name: str) -> str:
    """*name* as text: what an archive from Windows left as bytes of another encoding (on Linux) is read as Chinese."""
    try:
        name.encode()
    except UnicodeEncodeError:
        data = os.fsencode(name)
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            return data.decode(errors="replace")
    return name


def relative(path: str, root: Path) -> str:
    """*path* as seen from the folder *root*, with slashes; the name of *root* itself."""
    found = Path(path)
    with suppress(ValueError):
        found = found.relative_to(root)
    return "/".join(map(shown, found.parts)) or shown(root.name)
