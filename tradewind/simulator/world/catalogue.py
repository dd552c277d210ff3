"""The sample business's message templates. All texts are our own."""

from typing import Any

from tradewind.simulator.world.shapes import Template

Component = dict[str, Any]


def bench_template(template_id: str, waba_id: str, name: str, category: str) -> Template:
    """A plain template with two positional variables."""
    body = _body("Hello {{1}}, your reference is {{2}} and all is on its way.", "Ada", "A-17")
    return Template(template_id, waba_id, name, "en_US", category, [body])


def sample_templates(waba_ids: list[str]) -> list[Template]:
    """Eight templates over two accounts: marketing, utility and authentication, positional and named, in six
    languages.
    """
    first, second = waba_ids[0], waba_ids[-1]
    made = [
        ("autumn_offer", "de", "MARKETING", first, "NAMED", _autumn_offer()),
        ("order_shipped", "en_US", "UTILITY", first, "POSITIONAL", _order_shipped()),
        ("appointment_reminder", "it", "UTILITY", first, "POSITIONAL", _appointment()),
        ("sign_in_code", "en_US", "AUTHENTICATION", first, "POSITIONAL", _sign_in_code()),
        ("new_collection", "es", "MARKETING", second, "POSITIONAL", _new_collection()),
        ("loyalty_points", "ar", "MARKETING", second, "POSITIONAL", _loyalty()),
        ("delivery_update", "th", "UTILITY", second, "POSITIONAL", _delivery_update()),
        ("welcome_back", "en", "MARKETING", second, "NAMED", _welcome_back()),
    ]
    return [
        Template(str(5_600_000_000_000 + rank * 37), waba, name, language, category, components, parameter_format=form)
        for rank, (name, language, category, waba, form, components) in enumerate(made)
    ]


def _body(text: str, *examples: str) -> Component:
    part: Component = {"type": "BODY", "text": text}
    return part | {"example": {"body_text": [list(examples)]}} if examples else part


def _named_body(text: str, **examples: str) -> Component:
    params = [{"param_name": name, "example": value} for name, value in examples.items()]
    return {"type": "BODY", "text": text, "example": {"body_text_named_params": params}}


def _footer(text: str) -> Component:
    return {"type": "FOOTER", "text": text}


def _buttons(*buttons: Component) -> Component:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def _quick(text: str) -> Component:
    return {"type": "QUICK_REPLY", "text": text}


def _autumn_offer() -> list[Component]:
    text = "Hallo {{vorname}}, diese Woche gibt es {{rabatt}} auf alle Jacken in unserem Laden. Schau gerne vorbei!"
    return [
        {"type": "HEADER", "format": "TEXT", "text": "Herbst im Laden"},
        _named_body(text, vorname="Anna", rabatt="20 %"),
        _footer("Antworten Sie STOPP, um nichts mehr zu erhalten"),
        _buttons(_quick("Zeig mir mehr"), _quick("Kein Interesse")),
    ]


def _order_shipped() -> list[Component]:
    text = "Hi {{1}}, your order {{2}} has left our warehouse and should reach you within two days."
    url = {
        "type": "URL",
        "text": "Track order",
        "url": "https://shop.example/track/{{1}}",
        "example": ["https://shop.example/track/A17"],
    }
    return [_body(text, "Olivia", "A-1017"), _buttons(url)]


def _appointment() -> list[Component]:
    text = "Ciao {{1}}, ti ricordiamo il tuo appuntamento del {{2}} alle ore {{3}} nel nostro studio in centro."
    return [_body(text, "Giulia", "12 marzo", "15:30"), _buttons(_quick("Confermo"), _quick("Devo spostare"))]


def _sign_in_code() -> list[Component]:
    button = {
        "type": "URL",
        "text": "Copy code",
        "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
        "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"],
    }
    return [
        {
            "type": "BODY",
            "text": "*{{1}}* is your verification code.",
            "add_security_recommendation": True,
            "example": {"body_text": [["123456"]]},
        },
        _buttons(button),
    ]


def _new_collection() -> list[Component]:
    text = "Hola {{1}}, ya llegó la nueva colección a tu tienda de {{2}}. Pasa a verla cuando quieras."
    return [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}},
        _body(text, "Lucía", "Bogotá"),
        _footer("Responde BAJA para no recibir más"),
        _buttons(_quick("Reservar cita")),
    ]


def _loyalty() -> list[Component]:
    text = "مرحبًا {{1}}، لديك {{2}} نقطة يمكنك استبدالها حتى نهاية هذا الشهر في جميع فروعنا."
    return [_body(text, "ليلى", "250"), _footer("أرسل توقف لإلغاء الاشتراك")]


def _delivery_update() -> list[Component]:
    text = "สวัสดีคุณ {{1}} พัสดุหมายเลข {{2}} จะจัดส่งถึงบ้านของคุณ ภายในวันนี้ กรุณา รอรับ สินค้า ด้วย"
    return [_body(text, "มาลี", "TH-552")]


def _welcome_back() -> list[Component]:
    text = "Hello {{first_name}}, it has been a while! Your favourite {{product}} is back in stock in our shop."
    coupon = {"type": "COPY_CODE", "text": "Copy offer code", "example": "BACK10"}
    return [
        _named_body(text, first_name="Grace", product="tea"),
        _footer("Reply STOP to opt out"),
        _buttons(_quick("Tell me more"), coupon),
    ]
