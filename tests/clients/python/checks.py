"""Which checks there are, and what they share.

A check is a function that takes a Setup and throws if the mock does not behave. Its name is a
sentence; clients_test.py has a test of the same name, and the Node client a check of it.
"""

import json
from types import SimpleNamespace

from mock_admin import Mock
from xdr_client import ApiError, Client

START_MS = 1_704_110_400_000  # of all scenarios here
MINUTE_MS = 60_000

registry = {}


def check(function):
    registry[function.__name__] = function
    return function


class Setup:
    """What clients_test.py tells: where the mock is, the keys, a certificate."""

    def __init__(self, given):
        self.url = given["url"]
        self.keys = {name: SimpleNamespace(**key) for name, key in given["keys"].items()}
        self.ca = given["ca"]
        self.mock = Mock(self.url, self.ca)

    def client(self, key="standard", **options):
        """Its sleeping lets the mock's time pass, and takes none."""
        chosen = self.keys[key]
        return Client(self.url, chosen.key, chosen.id, chosen.level,
                      **{"ca": self.ca, "sleep": self.mock.advance, **options})


def short(value):
    text = repr(value)
    return text if len(text) <= 300 else text[:300] + " ..."


def equal(found, expected, what=""):
    assert found == expected, f"{what}: expected {short(expected)}, found {short(found)}"


def contains(text, part):
    assert part in str(text), f"expected {part!r} in {short(text)}"


def refused(call, error=ApiError):
    """The error that the call ends with."""
    try:
        found = call()
    except error as caught:
        return caught
    raise AssertionError(f"expected a refusal, found {json.dumps(found)[:200]}")


def ids(incidents):
    return [incident["incident_id"] for incident in incidents]
