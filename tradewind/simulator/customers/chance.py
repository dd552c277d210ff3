"""Chance without a state: the same seed and words always draw the same numbers, in whatever order they are asked."""

import hashlib

_SCALE = 1.0 / (1 << 32)


class Chance:
    """Draws that depend on the seed and on a text only."""

    __slots__ = ("_base",)

    def __init__(self, seed: int) -> None:
        self._base = hashlib.blake2b(b"chance%d" % seed, digest_size=20)

    def draw(self, text: str) -> tuple[float, float, float, float, float]:
        """Five independent numbers in [0, 1) for this text."""
        digest = self._base.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        whole = int.from_bytes(digest.digest(), "big")
        low = 0xFFFFFFFF
        return (
            (whole & low) * _SCALE,
            (whole >> 32 & low) * _SCALE,
            (whole >> 64 & low) * _SCALE,
            (whole >> 96 & low) * _SCALE,
            (whole >> 128) * _SCALE,
        )


def between(span: tuple[float, float], draw: float) -> float:
    """A wait inside a range, log-uniform: short waits are likelier than long ones."""
    low, high = span
    return low * (high / low) ** draw
