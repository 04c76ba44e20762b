"""The built-in packs, read and resolved when the program is set up or packaged (see :mod:`workbook.compiled`)."""

from __future__ import annotations

import pickle
from pathlib import Path

from workbook.compiled import Store
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, Pack, read_pack

STORE = Store(Path(__file__).parent / "__pycache__", ".pack", ("workbook/pack", "workbook"))
_TEXTS = frozenset({".csv", ".toml"})


def load(folder: Path) -> Pack:
    """The built-in pack in *folder*: as it was read at set-up, else read now, each file when it is asked for."""
    data = STORE.fetch(_content(folder))
    if data is None:
        return read_pack(folder)
    pack: Pack = pickle.loads(data)  # noqa: S301  # beside our bytecode, and trusted like it
    return pack.in_folder(folder)


def compile_packs(folder: Path | None = None, *, frozen: bool = False) -> list[Path]:
    """Read the built-in packs whole and keep them in *folder*; the files.  Raises :class:`~workbook.errors.PackError`."""
    made = {}
    for path in sorted(TEMPLATES.glob("*/sheets.toml")):
        pack = read_pack(path.parent)
        pack.read_all()
        made[_content(path.parent)] = pickle.dumps(pack, protocol=pickle.HIGHEST_PROTOCOL)
    return STORE.keep(made, folder=folder, frozen=frozen)


def _content(folder: Path) -> bytes:
    """All that the pack says: its files, the default pack's, the catalogues."""
    texts = []
    for place in dict.fromkeys((folder, TEMPLATES / DEFAULT_PACK, TEMPLATES / "catalogues")):
        texts += [f"{path.name}\n".encode() + path.read_bytes() for path in sorted(place.iterdir()) if path.suffix in _TEXTS]
    return b"\0".join(texts)
