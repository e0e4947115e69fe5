"""Finds secrets where they must not be."""

import base64
import re

from .shop import Secrets


class Canaries:
    """Looks for the secrets of one world: whole, in pieces of seven characters, in either case, reversed, in hex or base64."""

    def __init__(self, secrets: Secrets, seed: int):
        letters, digits = {1: ("qvx", "73"), 2: ("wzk", "84")}[seed]
        hex_letters = "|".join(f"{ord(letter):02x}" for letter in letters)
        self._piece = re.compile(rf"[{letters}]{{7,}}|9[{digits}]{{6,}}|[{digits}]{{8,}}|(?:{hex_letters}){{6,}}".encode(), re.IGNORECASE)
        self._whole = [value.encode() for value in secrets.values if len(value) >= 9]
        self._encoded = [base64.b64encode(value)[:-4] for value in self._whole if len(value) >= 12]

    def in_answer(self, data: bytes) -> list[bytes]:
        """Pieces of secrets in bytes that went to an agent."""
        return sorted(set(self._piece.findall(data)) | self._exact(data))

    def in_log(self, data: bytes) -> list[bytes]:
        """Whole secrets in a log, where random digits and keys would look like pieces."""
        return sorted(self._exact(data))

    def _exact(self, data: bytes) -> set[bytes]:
        return {value for value in self._whole + self._encoded if value in data}
