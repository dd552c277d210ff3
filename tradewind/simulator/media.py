"""The media store: uploads live 30 days, what customers send 7 days, a download address 5 minutes."""

import base64
import hashlib
from dataclasses import dataclass

from tradewind.simulator.ids import SerialIds

UPLOAD_SECONDS = 30 * 86_400.0
INBOUND_SECONDS = 7 * 86_400.0
ADDRESS_SECONDS = 300.0


@dataclass(slots=True)
class Media:
    """One file. `address_key` is the secret part of its last download address, good until `address_until`."""

    media_id: str
    phone_number_id: str
    mime_type: str
    content: bytes
    dies_at: float
    file_name: str = ""
    address_key: str = ""
    address_until: float = 0.0

    @property
    def sha256_hex(self) -> str:
        """As the media endpoint gives it."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sha256_base64(self) -> str:
        """As webhooks give it."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()


class MediaStore:
    """Files by id."""

    def __init__(self, serials: SerialIds) -> None:
        self._serials = serials
        self._files: dict[str, Media] = {}
        self._addresses = 0

    def upload(self, phone_number_id: str, mime_type: str, content: bytes, file_name: str, now: float) -> Media:
        """Keep what the business uploaded."""
        return self._keep(
            Media(self._serials.new(), phone_number_id, mime_type, content, now + UPLOAD_SECONDS, file_name)
        )

    def receive(self, phone_number_id: str, mime_type: str, content: bytes, file_name: str, now: float) -> Media:
        """Keep what a customer sent."""
        return self._keep(
            Media(self._serials.new(), phone_number_id, mime_type, content, now + INBOUND_SECONDS, file_name)
        )

    def find(self, media_id: str, now: float) -> Media | None:
        """The file, or None when there is none or it has expired."""
        media = self._files.get(media_id)
        return media if media and now < media.dies_at else None

    def delete(self, media_id: str) -> None:
        """Forget a file."""
        self._files.pop(media_id, None)

    def address(self, media: Media, base: str, now: float) -> str:
        """A new download address, good for five minutes; the one before stops working."""
        self._addresses += 1
        seal = f"{media.media_id}:{self._addresses}:{media.dies_at}".encode()
        media.address_key = hashlib.blake2b(seal, digest_size=12).hexdigest()
        media.address_until = now + ADDRESS_SECONDS
        query = f"mid={media.media_id}&ext={int(media.address_until)}&hash={media.address_key}"
        return f"{base}/whatsapp_business/attachments/?{query}"

    def _keep(self, media: Media) -> Media:
        self._files[media.media_id] = media
        return media
