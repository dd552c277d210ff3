"""What people call the columns of a list of customers, in the console's languages, and how they say yes and no."""

# ruff: noqa: E501  tables of words read best in long lines

import re
from functools import lru_cache

from tradewind.lib.text import fold

# Folded (lib.text.fold), without signs. The first target whose words hold the whole head wins; then parts of the head.
HEADS: dict[str, tuple[str, ...]] = {
    "phone": (
        "phone", "phone number", "mobile", "mobile number", "mobile phone", "cell", "cell phone", "cellphone", "tel",
        "telephone", "whatsapp", "whatsapp number", "msisdn", "contact number", "phone 1 value",
        "telefon", "telefonnummer", "handy", "handynummer", "mobil", "mobilnummer", "mobiltelefon", "rufnummer",
        "telefono", "numero di telefono", "cellulare", "numero cellulare", "recapito", "numero telefono",
        "هاتف", "الهاتف", "رقم الهاتف", "جوال", "الجوال", "رقم الجوال", "موبايل", "الموبايل", "رقم الموبايل", "واتساب",
        "โทรศัพท์", "เบอร์โทร", "เบอร์โทรศัพท์", "เบอร์มือถือ", "มือถือ", "หมายเลขโทรศัพท์",
        "telefono movil", "movil", "celular", "numero de telefono", "numero de celular",
        "telefone", "telemovel", "numero de telefone", "numero do celular", "fone",
        "电话", "手机", "手机号", "手机号码", "电话号码", "联系电话", "移动电话", "電話", "手機", "手機號碼", "电话号",
    ),
    "name": (
        "name", "full name", "fullname", "customer", "customer name", "contact", "contact name", "client",
        "vor und nachname", "vollstandiger name", "kunde", "kundenname", "ansprechpartner", "voller name",
        "nome completo", "nome e cognome", "cliente", "nominativo", "nome cliente",
        "الاسم", "اسم", "الاسم الكامل", "اسم العميل", "العميل", "ชื่อ", "ชื่อนามสกุล", "ชื่อ นามสกุล", "ชื่อลูกค้า", "ลูกค้า",
        "nombre completo", "nombre y apellidos", "nombre del cliente", "nome do cliente",
        "姓名", "名字", "客户", "客户姓名", "客户名称", "联系人", "名称", "客戶姓名",
    ),
    "first_name": ("first name", "firstname", "given name", "vorname", "nome", "الاسم الاول", "ชื่อจริง", "nombre",
                   "primeiro nome", "名"),
    "last_name": ("last name", "lastname", "surname", "family name", "nachname", "familienname", "zuname", "cognome",
                  "اسم العائله", "اللقب", "นามสกุล", "apellido", "apellidos", "sobrenome", "apelido", "姓"),
    "country": ("country", "country code", "land", "staat", "landercode", "paese", "nazione", "stato", "الدوله", "البلد",
                "دوله", "بلد", "ประเทศ", "pais", "codigo de pais", "国家", "国家地区", "國家"),
    "language": ("language", "lang", "locale", "sprache", "lingua", "اللغه", "لغه", "ภาษา", "idioma", "lengua", "语言", "語言"),
    "city": ("city", "town", "stadt", "ort", "wohnort", "citta", "comune", "المدينه", "مدينه", "เมือง", "จังหวัด",
             "ciudad", "poblacion", "cidade", "municipio", "城市", "所在城市"),
    "timezone": ("timezone", "time zone", "zeitzone", "fuso orario", "المنطقه الزمنيه", "เขตเวลา", "zona horaria",
                 "fuso horario", "时区"),
    "company": ("company", "company name", "organisation", "organization", "business", "firma", "unternehmen", "azienda",
                "ditta", "ragione sociale", "societa", "الشركه", "شركه", "บริษัท", "empresa", "compania", "公司", "公司名称",
                "单位", "organization 1 name"),
    "tags": ("tag", "tags", "labels", "label", "group", "groups", "segment", "interests", "interest", "schlagworte",
             "schlagwort", "interessen", "interesse", "gruppe", "gruppen", "etichette", "etichetta", "interessi",
             "gruppo", "وسوم", "الوسوم", "وسم", "الاهتمامات", "แท็ก", "กลุ่ม", "ความสนใจ", "etiquetas", "etiqueta",
             "intereses", "grupo", "interesses", "标签", "标记", "兴趣", "分组", "標籤"),
    "opt_in": ("opt in", "optin", "opted in", "consent", "marketing", "marketing consent", "marketing opt in", "newsletter",
               "subscribed", "permission", "einwilligung", "zustimmung", "werbung", "werbeeinwilligung",
               "consenso", "consenso marketing", "autorizzazione", "iscritto", "موافقه", "الموافقه", "اشتراك",
               "ยินยอม", "ความยินยอม", "รับข่าวสาร", "consentimiento", "acepta publicidad", "suscrito", "consentimento",
               "aceita marketing", "inscrito", "同意", "营销同意", "订阅", "是否订阅", "同意营销"),
    "opt_in_at": ("opt in date", "opt in at", "opt in time", "consent date", "consent time", "subscribed at",
                  "einwilligung am", "einwilligungsdatum", "zugestimmt am", "data consenso", "consenso del",
                  "تاريخ الموافقه", "วันที่ยินยอม", "fecha de consentimiento", "data do consentimento",
                  "同意时间", "同意日期", "订阅时间"),
    "opt_in_source": ("opt in source", "consent source", "source of consent", "einwilligungsquelle", "quelle der einwilligung",
                      "fonte consenso", "origine consenso", "مصدر الموافقه", "แหล่งที่มาความยินยอม",
                      "origen del consentimiento", "fonte do consentimento", "同意来源"),
    "opt_in_wording": ("opt in wording", "consent wording", "consent text", "wording", "einwilligungstext", "wortlaut",
                       "testo consenso", "نص الموافقه", "ข้อความยินยอม", "texto del consentimiento",
                       "texto do consentimento", "同意内容"),
}  # fmt: skip
# What our own file of rejects adds: passed over when it comes back.
REJECT_HEADS = ("why it was left out", "column at fault", "row in the file")
BIRTHDAYS = ("birthday", "birth date", "date of birth", "dob", "geburtstag", "geburtsdatum", "compleanno", "data di nascita",
             "تاريخ الميلاد", "วันเกิด", "cumpleanos", "fecha de nacimiento", "aniversario", "data de nascimento",
             "生日", "出生日期")  # fmt: skip

YES = frozenset(
    fold(word) for word in (
        "yes", "y", "true", "1", "x", "ok", "✓", "✔", "opted in", "opt-in", "subscribed", "on",
        "ja", "j", "wahr", "si", "sì", "sí", "s", "vero", "نعم", "موافق", "ใช่", "ยินยอม", "sim", "verdadero", "verdadeiro",
        "是", "同意", "已同意", "对",
    )
)  # fmt: skip
NO = frozenset(
    fold(word) for word in (
        "no", "n", "false", "0", "-", "opted out", "opt-out", "unsubscribed", "off", "nein", "falsch", "non", "falso",
        "لا", "غير موافق", "ไม่", "ไม่ยินยอม", "não", "nao", "否", "不同意", "不",
    )
)  # fmt: skip

_SIGNS = re.compile(r"[^\w\s]+|_")
_BLANKS = re.compile(r"\s+")


def plain(head: str) -> str:
    """A head for comparing: folded, without signs, single blanks; "Vor- und Nachname" → "vor und nachname"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head)
    return _BLANKS.sub(" ", _SIGNS.sub(" ", fold(spaced))).strip()


@lru_cache(maxsize=1)
def words() -> dict[str, str]:
    """Folded head → target."""
    return {plain(word): target for target, known in reversed(HEADS.items()) for word in known}


def is_known_head(head: str) -> bool:
    name = plain(head)
    return bool(name) and (name in words() or name in BIRTHDAYS or plain(head) in REJECT_HEADS)


def target_of(head: str) -> str | None:
    """What a column of this head becomes; None for a head that nobody has told us."""
    name = plain(head)
    if name in words():
        return words()[name]
    # "Telefon (privat)", "Handy 1", "Phone / WhatsApp": one of its words alone is telling enough for numbers only.
    if any(words().get(part) == "phone" for part in name.split()) and len(name.split()) <= 3:
        return "phone"
    return None
