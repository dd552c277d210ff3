"""Who calls, and what the token may do."""

import hashlib
import hmac

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world.shapes import Token

MESSAGING, MANAGEMENT = "whatsapp_business_messaging", "whatsapp_business_management"


def token_of(simulation: Simulation, bearer: str, proof: str | None) -> Token:
    """The token behind the text; GraphError 190 when it is missing, unknown, revoked or expired, 100 for a bad
    proof.
    """
    token = simulation.tokens.get(bearer)
    if token is None:
        token = _app_token(simulation, bearer)
    if token.revoked:
        raise GraphError(190, message="Error validating access token: The session has been invalidated.", subcode=460)
    if token.expires_at and simulation.clock.time() >= token.expires_at:
        raise GraphError(190, message="Error validating access token: Session has expired.", subcode=463)
    app = simulation.app_of(token)
    if proof is None and not app.require_proof:
        return token
    right = hmac.new(app.app_secret.encode(), bearer.encode(), hashlib.sha256).hexdigest()
    if proof is None:
        raise GraphError(100, message="API calls from the server require an appsecret_proof argument")
    if not hmac.compare_digest(right.encode(), proof.encode()):
        raise GraphError(100, message="Invalid appsecret_proof provided in the API argument")
    return token


def allow(token: Token, waba_id: str, scope: str) -> None:
    """GraphError 200 unless the token has the scope and reaches the account."""
    if scope not in token.scopes:
        raise GraphError(200, message=f"(#200) Requires {scope} permission to manage the object")
    if token.waba_ids and waba_id not in token.waba_ids:
        raise GraphError(
            200, message="(#200) You do not have the necessary permissions required to access this account"
        )


def _app_token(simulation: Simulation, bearer: str) -> Token:
    """`app id|app secret` works as the app's own access token."""
    app_id, _, secret = bearer.partition("|")
    app = simulation.apps.get(app_id)
    if app and secret and hmac.compare_digest(secret.encode(), app.app_secret.encode()):
        return Token(bearer, app_id)
    if not bearer:
        raise GraphError(190, message="An access token is required to request this resource.", subcode=None)
    raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token")
