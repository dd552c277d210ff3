"""Message templates: list, make, change, delete, unpause."""

from typing import Any

import orjson

from tradewind.simulator import review
from tradewind.simulator.graph.errors import GraphError, missing
from tradewind.simulator.graph.fields import Field, Value, asked_fields, constant, select
from tradewind.simulator.graph.paging import page
from tradewind.simulator.graph.request import Call
from tradewind.simulator.quality import status_update
from tradewind.simulator.routes import health
from tradewind.simulator.routes.table import ACCOUNT, TEMPLATE
from tradewind.simulator.validation.template_create import (
    check_components,
    check_format,
    check_frame,
    check_ttl,
    refuse,
)
from tradewind.simulator.world.shapes import Account, Template

DEFAULT = ("name", "components", "language", "status", "category", "parameter_format", "id")
MADE_PER_HOUR, DAY_SECONDS, MONTH_SECONDS = 100, 86_400.0, 30 * 86_400.0
EDITS_A_MONTH, UNVERIFIED_MOST, VERIFIED_MOST = 10, 250, 6_000
DELETED_AT_ONCE = 100
SUMMARY = ("total_count", "message_template_count", "message_template_limit", "are_translations_complete")


@ACCOUNT.on("GET", "message_templates")
def listed(call: Call, account: Account) -> dict[str, Any]:
    """The templates of an account, filtered, by pages. A cursor that is none answers 131059."""
    own = [template for template in call.simulation.shelf.of(account.waba_id) if _fits(call, template)]
    asked = asked_fields(call, DEFAULT)
    answer = page(call, own, lambda template: shown(call, template, asked), bad_cursor=131059, most=1000)
    if "summary" in call.params:
        answer["summary"] = _summary(call, account, len(own))
    return answer


def shown(call: Call, template: Template, asked: list[Field]) -> dict[str, Any]:
    """A template's asked fields."""
    return select(asked, _fields(call, template), "WhatsAppBusinessHSM")


def _fields(call: Call, template: Template) -> dict[str, Value]:
    kept = call.simulation.extras.get(template.template_id, {})
    fixed: dict[str, Any] = {
        "id": template.template_id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "components": template.components,
        "parameter_format": template.parameter_format,
        "rejected_reason": template.rejected_reason,
        "quality_score": {"score": template.quality, "date": int(kept.get("at", 0))},
        "previous_category": template.previous_category or None,
        "sub_category": "CUSTOM",
        "message_send_ttl_seconds": kept.get("ttl"),
        "correct_category": None,
        "library_template_name": None,
        "cta_url_link_tracking_opted_out": kept.get("untracked"),
        "degrees_of_freedom_spec": None,
        "last_updated_time": None,
        "disabled_date": None,
    }
    fields: dict[str, Value] = {name: constant(value) for name, value in fixed.items()}
    fields["health_status"] = lambda _field: health.of_template(call.simulation, template)
    return fields


def _fits(call: Call, template: Template) -> bool:
    params = call.params
    exact = {
        "status": template.status,
        "category": template.category,
        "language": template.language,
        "quality_score": template.quality,
    }
    for name, value in exact.items():
        if name in params and value.upper() not in _words(params[name]):
            return False
    text = review.text_of(template.components)
    if "name" in params and str(params["name"]) not in template.name:
        return False
    if "content" in params and str(params["content"]) not in text:
        return False
    either = str(params.get("name_or_content", ""))
    return either in template.name or either in text


def _words(value: Any) -> list[str]:
    text = str(value).strip()
    if text.startswith("["):
        try:
            return [str(word).upper() for word in orjson.loads(text)]
        except orjson.JSONDecodeError:
            return []
    return [word.strip().upper() for word in text.split(",")]


def _summary(call: Call, account: Account, found: int) -> dict[str, Any]:
    whole = {
        "total_count": found,
        "message_template_count": len(call.simulation.shelf.of(account.waba_id)),
        "message_template_limit": _most(call, account),
        "are_translations_complete": True,
    }
    names = str(call.params["summary"]).split(",")
    unknown = [name for name in names if name.strip() not in SUMMARY]
    if unknown and call.params["summary"] not in ("true", "1"):
        raise GraphError(100, message=f"(#100) Unknown summary field {unknown[0]}")
    return whole


@ACCOUNT.on("POST", "message_templates")
def create(call: Call, account: Account) -> dict[str, str]:
    """Make a template; it is reviewed soon."""
    params = dict(call.params)
    check_frame(params)
    _check_numbers(call, account)
    _check_name(call, account, params["name"], params["language"])
    template = _make(call, account, params)
    return {"id": template.template_id, "status": template.status, "category": template.category}


def _make(call: Call, account: Account, params: dict[str, Any]) -> Template:
    form = str(params.get("parameter_format", "POSITIONAL")).upper()
    components = check_components(params.get("components"), params["category"], named=form == "NAMED")
    category = review.category_of(params["category"], components)
    template = Template(
        call.simulation.serials.new(),
        account.waba_id,
        params["name"],
        params["language"],
        category,
        components,
        parameter_format=form,
        status="PENDING",
        quality="UNKNOWN",
        previous_category=params["category"] if category != params["category"] else "",
    )
    kept: dict[str, Any] = {
        "at": call.simulation.clock.time(),
        "ttl": params.get("message_send_ttl_seconds"),
        "edits": [],
    }
    call.simulation.extras[template.template_id] = kept
    call.simulation.shelf.put(template)
    review.begin(call.simulation, template)
    return template


@ACCOUNT.on("POST", "upsert_message_templates")
def upsert(call: Call, account: Account) -> dict[str, Any]:
    """Make or change authentication templates in several languages."""
    params = call.params
    languages = params.get("languages")
    if not isinstance(languages, list) or not languages:
        raise missing("languages")
    if params.get("category") != "AUTHENTICATION":
        raise refuse(100, "category", "Only authentication templates can be upserted.")
    made = []
    for language in languages:
        wish = {**params, "language": language}
        check_frame(wish)
        known = call.simulation.shelf.find(account.waba_id, wish["name"], language)
        template = _replaced(call, known, wish) if known else _make(call, account, wish)
        made.append(
            {"id": template.template_id, "language": language, "status": template.status, "category": template.category}
        )
    return {"data": made}


def _replaced(call: Call, template: Template, wish: dict[str, Any]) -> Template:
    template.components = check_components(
        wish.get("components"), template.category, named=template.parameter_format == "NAMED"
    )
    review.begin(call.simulation, template)
    return template


def _most(call: Call, account: Account) -> int:
    return VERIFIED_MOST if call.simulation.portfolios[account.portfolio_id].verified else UNVERIFIED_MOST


def _check_numbers(call: Call, account: Account) -> None:
    if len(call.simulation.shelf.of(account.waba_id)) >= _most(call, account):
        raise refuse(2388019, "Limit", "The account has as many templates as it may have.")
    made: list[float] = call.simulation.kept(account.waba_id, "templates made", [])
    now = call.simulation.clock.time()
    made[:] = [at for at in made if at > now - 3600]
    if len(made) >= MADE_PER_HOUR:
        raise GraphError(80007, f"{MADE_PER_HOUR} templates can be made in an hour.")
    made.append(now)


def _check_name(call: Call, account: Account, name: str, language: str) -> None:
    if call.simulation.shelf.find(account.waba_id, name, language):
        text = f"There is already {language} content for this template."
        raise refuse(100, "Content in this language already exists", text, subcode=2388024)
    deleted: dict[str, float] = call.simulation.kept(account.waba_id, "deleted names", {})
    if call.simulation.clock.time() < deleted.get(name, 0.0) + MONTH_SECONDS:
        raise refuse(
            100, "Message template language is being deleted", "The name is free again in 4 weeks.", subcode=2388023
        )


@TEMPLATE.on("GET")
def node(call: Call, template: Template) -> dict[str, Any]:
    """One template."""
    return shown(call, template, asked_fields(call, DEFAULT))


@TEMPLATE.on("POST")
def change(call: Call, template: Template) -> dict[str, Any]:
    """Replace the components; the template is reviewed again."""
    params = call.params
    if template.status not in ("APPROVED", "REJECTED", "PAUSED"):
        raise refuse(100, "Edit", f"A template that is {template.status} cannot be edited.")
    category = str(params.get("category") or template.category)
    if template.status == "APPROVED" and category != template.category:
        raise refuse(100, "Edit", "The category of an approved template cannot be changed.")
    check_format(params)
    check_ttl(template.category, params.get("message_send_ttl_seconds"))
    form = str(params.get("parameter_format") or template.parameter_format).upper()
    components = params.get("components")
    checked = (
        check_components(components, category, named=form == "NAMED") if components is not None else template.components
    )
    _count_edit(call, template)
    template.category, template.parameter_format, template.components = category, form, list(checked)
    if "message_send_ttl_seconds" in params:
        call.simulation.extras.setdefault(template.template_id, {})["ttl"] = params["message_send_ttl_seconds"]
    review.begin(call.simulation, template)
    return {"success": True, "id": template.template_id, "name": template.name, "category": template.category}


def _count_edit(call: Call, template: Template) -> None:
    edits: list[float] = call.simulation.kept(template.template_id, "edits", [])
    now = call.simulation.clock.time()
    edits[:] = [at for at in edits if at > now - MONTH_SECONDS]
    if template.status == "APPROVED" and edits and edits[-1] > now - DAY_SECONDS:
        raise refuse(100, "Edit", "An approved template can be edited once in 24 hours.")
    if template.status == "APPROVED" and len(edits) >= EDITS_A_MONTH:
        raise refuse(100, "Edit", "An approved template can be edited 10 times in 30 days.")
    edits.append(now)


@ACCOUNT.on("DELETE", "message_templates")
def delete(call: Call, account: Account) -> dict[str, bool]:
    """Delete by `name` (all languages), `hsm_id` and `name` (one), or `hsm_ids`."""
    for template in _doomed(call, account):
        if template.status == "APPROVED":
            names: dict[str, float] = call.simulation.kept(account.waba_id, "deleted names", {})
            names[template.name] = call.simulation.clock.time()
        template.status = "DELETED"
        call.simulation.shelf.remove(template)
        value = status_update(template, "DELETED")
        call.simulation.tell_field(
            account.waba_id, "message_template_status_update", value, call.simulation.clock.time()
        )
    return {"success": True}


def _doomed(call: Call, account: Account) -> list[Template]:
    params, shelf = call.params, call.simulation.shelf
    if "hsm_ids" in params:
        value = params["hsm_ids"]
        ids = value if isinstance(value, list) else _words(value)
        if not 1 <= len(ids) <= DELETED_AT_ONCE:
            raise refuse(100, "hsm_ids", f"1 to {DELETED_AT_ONCE} ids.")
        found = [template for template in shelf.of(account.waba_id) if template.template_id in map(str, ids)]
        whole = len(found) == len(ids)
    else:
        name = params.get("name")
        if not name:
            raise missing("name")
        wanted = params.get("hsm_id")
        found = [
            template for template in shelf.named(account.waba_id, str(name)) if wanted in (None, template.template_id)
        ]
        whole = bool(found)
    if not whole:
        raise GraphError(100, "Message template not found.", subcode=2593002)
    return found


@TEMPLATE.on("DELETE")
def delete_one(call: Call, template: Template) -> dict[str, bool]:
    """Delete one template by its id."""
    call.simulation.shelf.remove(template)
    return {"success": True}


@TEMPLATE.on("POST", "unpause")
def unpause(call: Call, template: Template) -> dict[str, Any]:
    """Lift the pause that pacing set; a pause for low quality ends by itself."""
    if template.status != "PAUSED" or not call.simulation.quality.paced(template):
        return {"success": False, "reason": "The template was not paused because of pacing."}
    call.simulation.quality.unpause(template, call.simulation.clock.time())
    return {"success": True}
