"""The languages in which Meta takes templates (its list of November 2026), with their names for the reader."""

from babel import Locale, UnknownLocaleError

CODES = (
    "af sq ar ar_AE ar_EG ar_SA az be_BY bn bg ca zh_CN zh_HK zh_TW hr cs da nl nl_BE en en_GB en_US et fil fi fr "
    "fr_CA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb fa pl pt_BR "
    "pt_PT pa ro ru sr si_LK sk sl es es_AR es_CO es_MX es_ES sw sv ta te th tr uk ur uz vi zu"
)


def names(reader: str) -> list[tuple[str, str]]:
    """(code, name) of each, by name."""
    found = [(code, name_of(code, reader)) for code in CODES.split()]
    return sorted(found, key=lambda each: each[1].casefold())


def name_of(code: str, reader: str) -> str:
    """The name of a language in the reader's own; the code itself where nobody knows it."""
    try:
        shown = Locale.parse(code.replace("-", "_")).get_display_name(reader.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return code
    return shown[:1].upper() + shown[1:] if shown else code
