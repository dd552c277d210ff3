"""The shelf of message templates: found by account, name and language, or by id."""

from collections.abc import Iterator

from tradewind.simulator.world.shapes import Template


class Shelf:
    """All templates of all accounts, with what has to be remembered of deleted names."""

    def __init__(self, templates: list[Template]) -> None:
        self._by_id: dict[str, Template] = {}
        self._by_name: dict[tuple[str, str, str], Template] = {}
        for template in templates:
            self.put(template)

    def __iter__(self) -> Iterator[Template]:
        return iter(self._by_id.values())

    def put(self, template: Template) -> None:
        """Add a template, or put a changed one back."""
        self._by_id[template.template_id] = template
        self._by_name[template.waba_id, template.name, template.language] = template

    def remove(self, template: Template) -> None:
        """Take a template away."""
        self._by_id.pop(template.template_id, None)
        self._by_name.pop((template.waba_id, template.name, template.language), None)

    def by_id(self, template_id: str) -> Template | None:
        """The template with this id."""
        return self._by_id.get(template_id)

    def find(self, waba_id: str, name: str, language: str) -> Template | None:
        """The template of an account with exactly this name and language."""
        return self._by_name.get((waba_id, name, language))

    def of(self, waba_id: str) -> list[Template]:
        """All templates of an account, in the order in which they were made."""
        return [template for template in self._by_id.values() if template.waba_id == waba_id]

    def named(self, waba_id: str, name: str) -> list[Template]:
        """The languages of one name."""
        return [template for template in self.of(waba_id) if template.name == name]
