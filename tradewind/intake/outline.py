"""The form of an event without what anybody wrote: fields, types, codes and times stay, the rest is counted."""

from typing import Any

# Values under these names are Meta's own words, ids and times; none of them is a person's.
NAMES = """
kind type status event field waba_id phone_number_id entry_at at timestamp time id message_id original_message_id
code error_subcode subcode title href category value billable model pricing_model origin decision severity
messaging_product mime_type animated voice is_voice is_animated is_forwarded language template_id
message_template_id message_template_language display_phone_number reason recipient_type unsupported_type
"""
SHOWN = frozenset(NAMES.split())
DEEPEST = 12
LONGEST_LIST = 20


def outline(value: Any, *, is_shown: bool = False, depth: int = 0) -> Any:
    """JSON of the same form, in which texts that people may have written are replaced by their length."""
    if depth > DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {
            str(name)[:60]: outline(part, is_shown=name in SHOWN, depth=depth + 1)
            for name, part in list(value.items())[:100]
        }
    if isinstance(value, list):
        parts = [outline(part, is_shown=is_shown, depth=depth + 1) for part in value[:LONGEST_LIST]]
        return [*parts, f"… {len(value) - LONGEST_LIST} more"] if len(value) > LONGEST_LIST else parts
    if value is None or isinstance(value, bool) or is_shown:
        return value[:200] if isinstance(value, str) else value
    if isinstance(value, str):
        return f"‹{len(value)} characters›"
    return "‹a number›"
