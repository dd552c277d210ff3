"""Letters to members and to those who are invited. A mail server that is away stops nothing: the caller is told."""

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail

from tradewind.lib import logs

log = logs.get(__name__)


def send(to: str, *, subject: str, text: str) -> bool:
    """Sends one letter; False when no mail server is set up or it did not take the letter."""
    if not settings.CAN_MAIL:
        return False
    try:
        send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [to])
    except (SMTPException, OSError) as error:
        log.warning("letter not sent", error=type(error).__name__)
        return False
    return True
