"""Meta's refusals: one exception, and the table of codes with their HTTP status and title.

The table follows Meta's error code page as of November 2026; it is kept apart from the product's own on purpose.
"""

from typing import Any

# code: (HTTP status, title)
KNOWN: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "An unknown error occurred"),
    2: (503, "Service temporarily unavailable"),
    3: (500, "Application does not have the capability to make this API call"),
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    17: (429, "User request limit reached"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token"),
    200: (403, "Permissions error"),
    368: (403, "Temporarily blocked for policies violations"),
    506: (400, "Duplicate post"),
    613: (400, "Calls to this API have exceeded the rate limit"),
    2200: (400, "Callback verification failed"),
    80007: (400, "Rate limit issues"),
    130403: (400, "Recipient cannot be messaged"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131020: (400, "Group is not available"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Business account has been locked"),
    131037: (400, "Display name approval is required before a message can be sent"),
    131041: (400, "Group unknown"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Message failed to send due to an error related to the certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement"),
    131050: (400, "User has stopped receiving marketing messages from this business"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131055: (400, "Method not allowed"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131059: (400, "Stale cursor"),
    131062: (400, "Business-scoped user id is not supported for this message"),
    131063: (400, "Marketing templates are disabled on this endpoint"),
    131064: (400, "Messaging limited because of template misclassification"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template content policy violated"),
    132008: (400, "Parameter value is not valid"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "There is an issue with the parameters in your template"),
    132068: (400, "Flow is blocked"),
    132069: (400, "Flow is throttled"),
    133000: (500, "Incomplete deregistration"),
    133004: (503, "Server temporarily unavailable"),
    133005: (400, "Two-step verification PIN mismatch"),
    133006: (400, "Phone number needs to be verified"),
    133008: (400, "Too many two-step verification PIN guesses"),
    133009: (400, "Two-step verification PIN guessed too fast"),
    133010: (400, "Account not registered"),
    133015: (400, "Please wait a few minutes before attempting to register this phone number"),
    133016: (400, "Account register / deregister rate limit exceeded"),
    134011: (400, "WhatsApp payments terms of service has not been accepted"),
    134100: (400, "Only marketing messages are supported"),
    134101: (400, "Template is syncing"),
    134102: (500, "Template is not available for use"),
    135000: (400, "Generic user error"),
    136024: (400, "Request code error"),
    136025: (400, "Verify code error"),
    137000: (400, "Recipient identity key hash mismatch"),
    139100: (400, "Failed to block or unblock some users"),
    139101: (400, "Blocklist limit reached"),
    147001: (400, "Username not available"),
    2388019: (400, "Message template limit exceeded"),
    2388040: (400, "Field exceeds character limit"),
    2388047: (400, "Message header format is incorrect"),
    2388072: (400, "Message body format is incorrect"),
    2388073: (400, "Message footer format is incorrect"),
    2388293: (400, "Parameters words ratio exceeds limit"),
    2388299: (400, "Leading or trailing params are not allowed"),
}

TRANSIENT = frozenset({1, 2, 4, 17, 613, 80007, 130429, 131000, 131016, 131056, 131057, 133004})
DOCS = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


class GraphError(Exception):
    """One refusal of the Graph API, with Meta's code and the details that tell why."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        message: str = "",
        subcode: int | None = None,
        status: int | None = None,
        kind: str = "OAuthException",
        user_title: str = "",
        user_message: str = "",
    ) -> None:
        known_status, title = KNOWN.get(code, (400, "Unknown error"))
        super().__init__(f"{code}: {details or title}")
        self.code, self.details, self.subcode, self.kind = code, details, subcode, kind
        self.status = status or known_status
        self.title = title
        self.message = message or f"(#{code}) {title}"
        self.user_title, self.user_message = user_title, user_message

    def envelope(self, trace: str) -> dict[str, Any]:
        """The JSON body that a client gets."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.user_title:
            error["error_user_title"], error["error_user_msg"] = self.user_title, self.user_message
        error["is_transient"] = self.code in TRANSIENT
        error["fbtrace_id"] = trace
        return {"error": error}


def status_error(code: int, details: str = "") -> dict[str, Any]:
    """The `errors[0]` of a failed status or of an unsupported message in a webhook."""
    title = KNOWN.get(code, (400, "Unknown error"))[1]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or title + "."},
        "href": DOCS,
    }


def missing(parameter: str) -> GraphError:
    """A required parameter is not there (131008)."""
    return GraphError(131008, f"Parameter {parameter} is required.")


def bad(parameter: str, why: str) -> GraphError:
    """A parameter is there and wrong (131009)."""
    return GraphError(131009, f"Parameter {parameter}: {why}")


def invalid(details: str, subcode: int | None = None) -> GraphError:
    """Invalid parameter (100)."""
    return GraphError(100, details, subcode=subcode)


def no_such_object(object_id: str, method: str = "get") -> GraphError:
    """What Meta says of an id that does not exist or cannot be seen: 100 with subcode 33."""
    text = (
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, message=text, subcode=33, kind="GraphMethodException")
