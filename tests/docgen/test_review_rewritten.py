"""Seeded property: a true report in other words passes, and whatever one thing is made wrong in it is found where it stands."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from docgen.docx.reading import read_document
from docgen.review.engine import review_document
from docgen.review.findings import Finding
from tests.docgen.review_files import written
from tests.docgen.rewritten import rewritten, spoiled, statements, unit_inputs
from workbook.issues import Severity


def _said(findings: tuple[Finding, ...]) -> list[Finding]:
    return [f for f in findings if f.issue.code.startswith("表文") and f.issue.severity is not Severity.TAIL]


@pytest.mark.parametrize("seed", [5, 11])
def test_a_true_report_in_other_words_passes_and_every_slip_is_found(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    inputs = unit_inputs(tmp_path, seed)
    texts = rewritten(rng, statements(inputs))
    review = review_document(read_document(written(tmp_path, texts)), inputs)
    assert [f.issue.message for f in _said(review.findings)] == []
    assert review.coverage.compared >= review.coverage.stated * 0.95
    for kind in ("数", "数", "数", "方向", "单位", "年"):
        wrong, index, what = spoiled(rng, texts, kind)
        found = _said(review_document(read_document(written(tmp_path, wrong)), inputs).findings)
        assert any(f.issue.paragraph == index + 1 for f in found), (kind, what)
        assert all(f.issue.paragraph == index + 1 for f in found), (kind, what, [f.issue.message for f in found])
