"""axe-core in a page: which rules of WCAG 2.1 A and AA it breaks. The library comes by npm, for tests only."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tradewind.cli.child import ROOT

SOURCE = Path(ROOT) / "node_modules" / "axe-core" / "axe.min.js"
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
ALIKE = 6
# Lines of a list are made by one template: the first few stand for all, and axe takes its time for each. Frames and the
# text of stylesheets are looked for by no rule of ours.
RUN = """
async ([wishes, alike]) => {
  for (const list of document.querySelectorAll(".page :is(tbody, ul, ol, .rows, select)"))
    [...list.children].slice(alike).forEach((line) => line.tagName === list.children[0].tagName && line.remove())
  const found = await axe.run(document, { ...wishes, resultTypes: ["violations"], iframes: false, preload: false })
  return found.violations.map(({ id, help, nodes }) =>
    `${id} (${help}): ` + nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.html.slice(0, 160)}`
      + (node.any[0]?.data?.contrastRatio ? ` [${node.any[0].data.fgColor} on ${node.any[0].data.bgColor}: ${node.any[0].data.contrastRatio}]` : "")
    ).join(" | ") + (nodes.length > 3 ? ` and ${nodes.length - 3} more` : ""))
}
"""  # noqa: E501 - one line of another language


def breaches(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """One line for each rule that the page breaks; `rules` looks at these only."""
    if not SOURCE.is_file():
        pytest.skip("needs axe-core: npm ci")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SOURCE.read_text())
    wishes: dict[str, Any] = {"runOnly": {"type": "rule", "values": rules} if rules else {"type": "tag", "values": AA}}
    found: list[str] = page.evaluate(RUN, [wishes, ALIKE])
    return found
