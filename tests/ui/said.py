"""Renders a piece of a page as the template loader would, with components."""

from typing import Any

from django.template import Context, Template
from django_cotton.compiler_regex import CottonCompiler


def said(source: str, **given: Any) -> str:
    """The text that `source` makes of `given`."""
    compiled = CottonCompiler().process("{% load ui_tags %}" + source)
    return str(Template(compiled).render(Context(given)))
