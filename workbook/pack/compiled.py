"""The built-in packs, read and resolved when the program is set up or packaged (see :mod:`workbook.compiled`)."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

from workbook.compiled import Store
from workbook.pack.choice import PackSigns, signs_in
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, Pack, available_packs, read_pack

STORE = Store(Path(__file__).parent / "__pycache__", ".pack", ("workbook/pack", "workbook"))
_TEXTS = frozenset({".csv", ".toml"})


def load(folder: Path, year: int | None = None) -> Pack:
    """The built-in pack in *folder*: as it was read at set-up, else read now, each file when it is asked for.

    *year*: with the catalogues of that year.
    """
    data = STORE.fetch(_content(folder, year))
    if data is None:
        return read_pack(folder, year)
    pack: Pack = pickle.loads(data)  # noqa: S301  # beside our bytecode, and trusted like it
    return pack.in_folder(folder)


def compile_packs(folder: Path | None = None, *, frozen: bool = False) -> list[Path]:
    """Read the built-in packs whole and keep them in *folder*; the files.  Raises :class:`~workbook.errors.PackError`."""
    made, signs = {}, []
    for pack_folder in available_packs():
        latest = read_pack(pack_folder)
        for year in (None, *(latest.catalogue_years if len(latest.catalogue_years) > 1 else ())):
            pack = read_pack(pack_folder, year)
            pack.read_all()
            made[_content(pack_folder, year)] = pickle.dumps(pack, protocol=pickle.HIGHEST_PROTOCOL)
        signs.append(replace(signs_in(pack_folder), folder=Path(pack_folder.name)))
    made[_tables()] = pickle.dumps(tuple(signs), protocol=pickle.HIGHEST_PROTOCOL)
    return STORE.keep(made, folder=folder, frozen=frozen)


def built_in_signs() -> tuple[PackSigns, ...]:
    """What the tables of the built-in packs are known by."""
    data = STORE.fetch(_tables())
    if data is None:
        return tuple(signs_in(folder) for folder in available_packs())
    kept: tuple[PackSigns, ...] = pickle.loads(data)  # noqa: S301  # as above
    return tuple(replace(signs, folder=TEMPLATES / signs.folder) for signs in kept)


def _tables() -> bytes:
    """All that the built-in packs say of their tables."""
    return b"\0".join(folder.name.encode() + (folder / "sheets.toml").read_bytes() for folder in available_packs())


def _content(folder: Path, year: int | None = None) -> bytes:
    """All that the pack says: its files, the default pack's, the catalogues."""
    texts = [b"" if year is None else f"{year}".encode()]
    for place in dict.fromkeys((folder, TEMPLATES / DEFAULT_PACK, TEMPLATES / "catalogues")):
        texts += [f"{path.name}\n".encode() + path.read_bytes() for path in sorted(place.iterdir()) if path.suffix in _TEXTS]
    return b"\0".join(texts)
