"""A client of the Cortex XDR incidents API, with the standard library only.

It shares nothing with the programs under test: it is what a developer elsewhere would write.
"""

import gzip
import hashlib
import http.client
import json
import secrets
import ssl
import time
import urllib.parse
import zlib
from collections import namedtuple

INCIDENTS = "/public_api/v1/incidents/"
GET_INCIDENTS = INCIDENTS + "get_incidents"
PAGE = 100
ATTEMPTS = 6
BUSY = (429, 502, 503, 504)  # worth another try; a 500 is the API's way to refuse a request

Reply = namedtuple("Reply", "status headers body")  # the body is decompressed


class ApiError(Exception):
    """The API refused the request."""

    def __init__(self, reply):
        super().__init__(f"status {reply.status}: {reply.body[:300]!r}")
        self.status = reply.status
        self.body = reply.body
        self.err_msg = self.err_extra = None
        try:
            error = json.loads(reply.body)
            error = error.get("reply", error)  # the flat form has no wrapper
            self.err_msg, self.err_extra = error["err_msg"], error["err_extra"]
        except (ValueError, KeyError, AttributeError, TypeError):
            pass  # plain text, or HTML of something in between


class Client:
    """`sleep` is called with seconds before each new attempt, and `clock` tells the time for
    advanced keys in seconds since 1970."""

    def __init__(self, url, key, key_id, level="standard", ca=None, sleep=time.sleep,
                 clock=time.time, timeout_s=30, accept_gzip=True):
        self.url = urllib.parse.urlsplit(url)
        self.key, self.key_id, self.level = key, key_id, level
        self.sleep, self.clock, self.timeout_s = sleep, clock, timeout_s
        self.encodings = "gzip" if accept_gzip else "identity"
        self.context = ssl.create_default_context(cafile=ca) if self.url.scheme == "https" else None
        self.connection = None
        self.attempts = 0  # of all calls together

    def auth_headers(self):
        if self.level == "standard":
            return {"Authorization": self.key, "x-xdr-auth-id": self.key_id}
        nonce, timestamp = secrets.token_hex(32), str(int(self.clock() * 1000))
        return self.advanced_headers(nonce, timestamp)

    def advanced_headers(self, nonce, timestamp):
        digest = hashlib.sha256((self.key + nonce + timestamp).encode()).hexdigest()
        return {"Authorization": digest, "x-xdr-auth-id": self.key_id, "x-xdr-nonce": nonce,
                "x-xdr-timestamp": timestamp}

    def connect(self):
        if self.connection is None:
            address = (self.url.hostname, self.url.port)
            self.connection = (
                http.client.HTTPSConnection(*address, timeout=self.timeout_s, context=self.context)
                if self.context else http.client.HTTPConnection(*address, timeout=self.timeout_s)
            )
        return self.connection

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def once(self, method, path, body=None, headers=None, auth=None, **options):
        """One request and its reply, whatever its status. Throws OSError, HTTPException, EOFError
        or zlib.error for a reply that is broken."""
        self.attempts += 1
        connection = self.connect()
        given = {"Accept-Encoding": self.encodings, "Content-Type": "application/json"}
        given.update(self.auth_headers() if auth is None else auth)
        given.update(headers or {})
        try:
            connection.request(method, path, body, given, **options)
            got = connection.getresponse()
            data = got.read()
            if got.headers.get("Content-Encoding") == "gzip":
                data = gzip.decompress(data)
            return Reply(got.status, got.headers, data)
        except BaseException:
            self.close()
            raise

    def call(self, method, path, data=None):
        """The JSON of a successful reply; tries again where that can help."""
        body = None if data is None else json.dumps({"request_data": data})
        for attempt in range(1, ATTEMPTS + 1):
            wait_s = 2 ** (attempt - 1)
            try:
                reply = self.once(method, path, body)
                problem = ApiError(reply)
                if reply.status == 200:
                    parsed = json.loads(reply.body)
                    if problem.err_msg is None:  # some errors come with status 200
                        return parsed
                elif reply.status not in BUSY:
                    raise problem
                wait_s = int(reply.headers.get("Retry-After") or wait_s)
            except (OSError, http.client.HTTPException, EOFError, zlib.error, ValueError) as error:
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise
                problem = error
                self.close()
            if attempt < ATTEMPTS:
                self.sleep(wait_s)
        raise problem

    def post(self, path, data):
        return self.call("POST", path, data)["reply"]

    def get_incidents(self, **data):
        return self.post(GET_INCIDENTS, data)

    def all_incidents(self, filters, field="creation_time"):
        """Every incident that matches, oldest first, page after page until one is empty."""
        found = []
        while True:
            page = self.get_incidents(
                filters=filters, search_from=len(found), search_to=len(found) + PAGE,
                sort={"field": field, "keyword": "asc"},
            )["incidents"]
            if not page:
                return found
            found += page


def where(field, operator, value):
    return {"field": field, "operator": operator, "value": value}
