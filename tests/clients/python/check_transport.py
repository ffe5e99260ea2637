"""How requests and replies travel, and what a client does when they do not."""

import gzip
import json
import socket
import ssl
import threading

from checks import check, equal, ids
from check_endpoints import HEALTHCHECK, TENANT_INFO, VALIDATE
from xdr_client import GET_INCIDENTS, where


@check
def a_compressed_reply_holds_the_same_bytes(setup):
    plain, packed = setup.client(accept_gzip=False), setup.client()
    body = '{"request_data": {}}'
    expected = plain.once("POST", GET_INCIDENTS, body)
    equal(expected.headers["Content-Encoding"], None)
    equal(int(expected.headers["Content-Length"]), len(expected.body))
    found = packed.once("POST", GET_INCIDENTS, body)
    equal(found.headers["Content-Encoding"], "gzip")
    equal(found.body, expected.body)
    assert int(found.headers["Content-Length"]) < len(found.body) / 4, found.headers
    refusing = {"Accept-Encoding": "gzip;q=0, identity"}
    found = packed.once("POST", GET_INCIDENTS, body, headers=refusing)
    equal((found.headers["Content-Encoding"], found.body), (None, expected.body))


@check
def request_bodies_come_compressed_chunked_or_announced(setup):
    client = setup.client()
    body = json.dumps({"request_data": {"filters": [where("incident_id", "eq", "2002")]}}).encode()

    def expect_2002(status, data):
        equal(status, 200)
        equal(ids(json.loads(data)["reply"]["incidents"]), ["2002"])

    packed = {"Content-Encoding": "gzip"}
    reply = client.once("POST", GET_INCIDENTS, gzip.compress(body), headers=packed)
    expect_2002(reply.status, reply.body)
    for pieces in ([body[:7], body[7:8], body[8:]], [body]):
        reply = client.once("POST", GET_INCIDENTS, iter(pieces), encode_chunked=True,
                            headers={"Transfer-Encoding": "chunked"})
        expect_2002(reply.status, reply.body)
    head = [f"POST {GET_INCIDENTS} HTTP/1.1", "Host: mock", "Expect: 100-continue",
            "Connection: close", f"Content-Length: {len(body)}"]
    head += [f"{name}: {text}" for name, text in client.auth_headers().items()]
    with socket.create_connection((client.url.hostname, client.url.port), timeout=30) as raw:
        raw.sendall("\r\n".join([*head, "", ""]).encode())
        reader = raw.makefile("rb")
        assert reader.readline().startswith(b"HTTP/1.1 100 "), "expected 100 Continue"
        equal(reader.readline(), b"\r\n")
        raw.sendall(body)
        assert reader.readline().startswith(b"HTTP/1.1 200 "), "expected the reply"
        expect_2002(200, reader.read().partition(b"\r\n\r\n")[2])


@check
def one_connection_serves_many_requests(setup):
    client = setup.client()
    client.get_incidents()
    first = client.connection.sock
    for _ in range(50):
        client.get_incidents(search_to=1)
        client.once("POST", "/public_api/v1/nothing", "{}")
        client.once("POST", GET_INCIDENTS, "{}", auth={})
    assert first is not None and client.connection.sock is first, "expected the same connection"


@check
def tls_works_with_the_right_authority_only(setup):
    assert setup.url.startswith("https://"), setup.url
    client = setup.client()
    equal(client.get_incidents(search_to=3)["result_count"], 3)
    equal(setup.client("advanced").get_incidents()["result_count"], 100)
    equal(client.call("GET", HEALTHCHECK), {"status": "Healthy"})
    try:
        setup.client(ca=None).get_incidents()
    except ssl.SSLCertVerificationError:
        return
    raise AssertionError("a client that does not know the authority was let in")


@check
def a_client_that_tries_again_survives_every_broken_reply(setup):
    client = setup.client()
    begin_ms = setup.mock.now_ms()
    equal(client.get_incidents()["total_count"], 9)
    equal(client.attempts, 6)
    equal(client.get_incidents()["total_count"], 9)
    equal(client.attempts, 12, "the tenth was reset before it was counted, and came once more")
    waited_s = (setup.mock.now_ms() - begin_ms) / 1000
    assert waited_s >= 30, f"Retry-After said 30 seconds, the client waited {waited_s} in all"
    for fault in setup.mock.call("faults")["faults"][:10]:
        equal(fault["fired"], 1, fault)


@check
def a_slow_reply_comes_when_the_clock_is_advanced(setup):
    for seconds in (5, 5, 8):  # a delay, slow headers, five pieces two seconds apart
        replies = []
        client = setup.client()
        asking = threading.Thread(
            target=lambda: replies.append(client.call("GET", HEALTHCHECK)), daemon=True)
        asking.start()
        waited_s = 0
        while asking.is_alive():
            setup.mock.advance(1)
            waited_s += 1
            asking.join(0.01)
        equal(replies, [{"status": "Healthy"}])
        equal(client.attempts, 1)
        assert waited_s >= seconds, f"it came after {waited_s} of {seconds} seconds"


@check
def a_reply_that_never_comes_ends_at_the_clients_limit(setup):
    client = setup.client(timeout_s=0.3)
    try:
        client.once("POST", TENANT_INFO, "{}")
    except TimeoutError:
        equal(setup.client().call("POST", VALIDATE, {}), {"reply": {"valid": True}})
        return
    raise AssertionError("a reply came")


@check
def a_client_that_waits_as_told_keeps_within_the_quota(setup):
    client = setup.client()
    found = []
    while len(found) < 75:
        page = client.get_incidents(search_from=len(found), search_to=len(found) + 10,
                                    sort={"field": "incident_id", "keyword": "asc"})
        found += ids(page["incidents"])
    equal(found, [str(number) for number in range(101, 176)])
    refusals = client.attempts - 8
    assert refusals >= 2, f"eight requests at three a second, refused {refusals} times"
    reply = None
    while reply is None or reply.status == 200:
        reply = client.once("POST", GET_INCIDENTS, '{"request_data": {"search_to": 1}}')
    equal((reply.status, reply.headers["Retry-After"]), (429, "1"))
    error = json.loads(reply.body)["reply"]
    equal((error["err_msg"], error["err_extra"]), ("Rate limit exceeded", "Too many requests."))
