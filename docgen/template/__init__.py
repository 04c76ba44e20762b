"""Word templates as text: read once, filled with values, the result a list of blocks.

An accountant writes in the template ``{{收支.总计}}``, paragraphs holding only ``{% for … %}`` or ``{% if … %}``,
table rows beginning with ``{%tr for … %}``, and paragraphs holding only a placeholder such as ``{{块.图1}}``.

The namespace given to :func:`render` may hold:

* plain strings, integers and ``Decimal``: printed as text;
* any object with ``__spans__() -> tuple[Span, ...]``, such as :class:`docgen.figures.nodes.FigureNode`: printed as
  these spans, so a figure stays a figure.  Attributes without a leading underscore are open to the template, so a
  node may offer others (``{{收支.总计.比上年.增减额}}``); ``__names__() -> Iterable[str]`` lets messages
  suggest the name that was meant; ``__bool__`` decides ``{% if … %}``;
* spans and blocks of :mod:`docgen.model`, and lists or tuples of them: blocks must have a paragraph of their own,
  an empty list leaves nothing there;
* mappings of all these, to any depth: ``{{甲.乙}}`` is ``甲["乙"]``.

``None``, truth values, floats and unknown names are errors.
"""

from docgen.template.elements import InlineXml
from docgen.template.rendering import prompts_in, render
from docgen.template.shell import Template, load_template
from docgen.template.syntax import TemplateError

__all__ = ["InlineXml", "Template", "TemplateError", "load_template", "prompts_in", "render"]
