"""Which pack a report is of, where no workbook tells: by the tables that it holds, else by the headings of its sections."""

from __future__ import annotations

from collections.abc import Sequence

from docgen.job.inputs import user_packs
from docgen.report.narrative import TEMPLATE_NAME
from docgen.template import load_template
from docgen.template.rendering import headings_of
from workbook.errors import JuesuanError
from workbook.pack.choice import BY_DEFAULT, Choice, PackSigns, TableText, choose
from workbook.pack.layout import normalise
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES


def choose_for_report(tables: Sequence[TableText], headings: Sequence[str], year: int | None = None) -> Choice:
    """The pack that fits the report best.

    *tables* are its tables, each with the texts at its top (the lines above it that may be its title and its code
    among them); *headings* those of its sections as written.  Headings are looked at where the tables do not decide.
    """
    choice = choose(tables, year, user_packs())
    if choice.how != BY_DEFAULT and not choice.rivals:
        return choice
    there = {normalise(heading).removesuffix("说明") for heading in headings}
    return choose(tables, year, user_packs(), lambda pack: _likeness(pack, there))


def _likeness(pack: PackSigns, there: set[str]) -> float:
    """How many headings of the report and of the pack's template are the same, 0 to 1."""
    path = pack.folder / TEMPLATE_NAME
    try:
        template = load_template(path if path.is_file() else TEMPLATES / DEFAULT_PACK / TEMPLATE_NAME)
    except JuesuanError:
        return 0.0
    own = {normalise(heading).removesuffix("说明") for heading in headings_of(template)}
    return 2 * len(own & there) / (len(own) + len(there)) if own and there else 0.0
