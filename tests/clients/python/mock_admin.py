"""What a test asks of the mock itself, beside the API: clock, verdict, journal."""

import json
import ssl
import urllib.request


class Mock:
    def __init__(self, url, ca=None):
        self.url = url
        self.context = ssl.create_default_context(cafile=ca) if ca else None

    def call(self, path, data=None):
        """GET, or POST where there is data. Throws urllib.error.HTTPError for a refusal."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.url}/__mock/{path}", body)
        with urllib.request.urlopen(request, timeout=60, context=self.context) as reply:
            return json.load(reply)

    def now_ms(self):
        return self.call("clock")["now_ms"]

    def advance(self, seconds):
        """Lets virtual time pass: what a client under test gets for `sleep`."""
        return self.call("clock/advance", {"by": f"{round(seconds * 1000)}ms"})
