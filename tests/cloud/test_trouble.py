"""What the client does when the network or Quadient AP does not play along."""

import logging
import re
import traceback

import pytest
import requests
from requests.adapters import BaseAdapter

from app.cloud.port import DocumentKind
from app.domain.lists import ListItem, ListName
from app.errors import BridgeError, BugError, Cancelled, ExitCode, NeedsUser, RetryLater

SECRET = "a-very-secret-secret"
ITEM = ListItem("A", "Ace", True, {})
TOKEN_ANSWER = b'{"access_token": "tttttttttttttttttttt", "token_type": "Bearer", "expires_in": 60}'


class Canned(BaseAdapter):
    """Answers requests to one host from a list; a list's item is an exception, or (status, headers, body)."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self.sent = []

    def send(self, request, **kwargs):
        self.sent.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        response = requests.Response()
        response.status_code, headers, response._content = answer
        response.headers.update(headers)
        response.request, response.url = request, request.url
        return response

    def close(self):
        pass


def answer(body, status=200, kind="application/json", **headers):
    return status, {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}, body


def canned(connect, *answers, signed_in=True):
    adapter = Canned(*([answer(TOKEN_ANSWER)] if signed_in else []), *answers)
    session = requests.Session()
    session.mount("https://", adapter)
    return connect(url="https://ap.example.test", session=session), adapter


def caught(call):
    with pytest.raises(BridgeError) as info:
        call()
    return info.value


def test_passing_trouble_is_tried_again_with_growing_waits(connect, sandbox, sleeps):
    cloud = connect()
    cloud.legal_entities()
    sandbox.fault("unavailable", times=3)
    assert len(cloud.legal_entities()) == 1
    assert len(sleeps) == 3
    assert sleeps[0] < sleeps[1] < sleeps[2]


def test_after_five_tries_the_run_ends_and_may_come_again(connect, sandbox, sleeps):
    waits = []
    cloud = connect(on_wait=waits.append)
    cloud.legal_entities()
    sandbox.fault("unavailable", times=None)
    error = caught(cloud.legal_entities)
    assert isinstance(error, RetryLater)
    assert (error.code, error.exit_code) == ("cloud-busy", ExitCode.CLOUD_UNREACHABLE)
    assert [each["status"] for each in sandbox.log()][-5:] == [503] * 5
    assert [wait.seconds for wait in waits] == sleeps
    assert [wait.next_try for wait in waits] == [2, 3, 4, 5]


def test_retry_after_is_honoured(connect, sandbox, sleeps):
    cloud = connect()
    sandbox.fault("throttle", seconds=40)
    cloud.legal_entities()
    assert len(sleeps) == 1
    assert 40 <= sleeps[0] <= 41


def test_a_server_that_asks_for_hours_ends_the_run_at_once(connect, sandbox, sleeps):
    cloud = connect()
    sandbox.fault("throttle", seconds=7200)
    assert caught(cloud.legal_entities).code == "cloud-busy"
    assert sleeps == []


def test_a_time_to_come_again_is_understood(connect, sleeps):
    late = answer(b"", 503, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT")
    cloud, _ = canned(connect, late)
    assert caught(cloud.legal_entities).code == "cloud-busy"
    past = answer(b"", 503, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT")
    cloud, _ = canned(connect, past, answer(b'{"items": []}'))
    assert cloud.legal_entities() == []
    assert len(sleeps) == 1


def test_a_cancel_during_a_wait_ends_it(sandbox, connect):
    cloud = connect()
    cloud.legal_entities()
    sandbox.fault("unavailable", times=None)

    def cancelled(_):
        raise Cancelled

    cloud._wire._pace = type(cloud._wire._pace)(cancelled, cloud._wire._pace.random)
    with pytest.raises(Cancelled):
        cloud.legal_entities()


@pytest.mark.parametrize("fault", ["drop_before_commit", "drop_after_commit"])
def test_a_lost_answer_is_asked_for_again_and_takes_effect_once(cloud, sandbox, fault):
    cloud.legal_entities()
    sandbox.fault(fault, path="/batches")
    (result,) = cloud.send_list(ListName.VENDOR, [ITEM], "k-1")
    assert result.status == "accepted"
    assert [each["status"] for each in sandbox.log("/batches")] == [0, 200]
    assert list(cloud.list_items(ListName.VENDOR)) == [ITEM]


def test_a_server_that_never_answers_is_given_up(connect, sandbox, sleeps):
    cloud = connect(timeouts=(5.0, 0.05))
    sandbox.fault("never_answer", times=None)
    error = caught(cloud.legal_entities)
    assert (error.code, len(sleeps)) == ("cloud-unreachable", 4)
    assert "in time" in error.message


def test_a_server_that_is_not_there_is_given_up(connect, sleeps):
    error = caught(connect(url="http://127.0.0.1:1").legal_entities)
    assert isinstance(error, RetryLater)
    assert (error.code, len(sleeps)) == ("cloud-unreachable", 4)


def test_an_expired_token_is_renewed_once(cloud, sandbox):
    cloud.legal_entities()
    sandbox.fault("expire_tokens")
    cloud.legal_entities()
    assert [(each["path"].rpartition("/")[2], each["status"]) for each in sandbox.log()] == [
        ("sign-in", 200),
        ("legal-entities", 200),
        ("legal-entities", 401),
        ("sign-in", 200),
        ("legal-entities", 200),
    ]


def test_a_token_that_is_refused_again_and_again_needs_the_user(connect, sandbox):
    sandbox.fault("expire_tokens", times=None, path="legal-entities$")
    error = caught(connect().legal_entities)
    assert isinstance(error, NeedsUser)
    assert error.code == "cloud-sign-in"


@pytest.mark.parametrize("wrong", [{"secret": "wrong"}, {}])
def test_a_refused_sign_in_needs_the_user_at_once(connect, sandbox, sleeps, wrong):
    if not wrong:
        sandbox.fault("refuse_sign_in")
    error = caught(connect(**wrong).legal_entities)
    assert isinstance(error, NeedsUser)
    assert (error.code, sleeps) == ("cloud-sign-in", [])
    assert "Settings > Companies > Change the connection" in error.fix


def test_a_legal_entity_without_a_right_needs_the_user(connect):
    error = caught(lambda: list(connect(entity="LE-2").orders()))
    assert isinstance(error, NeedsUser)
    assert error.code == "cloud-no-right"
    assert "LE-2" in error.message


def test_a_request_against_the_contract_is_a_bug(connect):
    error = caught(lambda: connect().send_orders([], "XX", "k-1"))
    assert isinstance(error, BugError)
    assert (error.code, error.exit_code) == ("cloud-contract", ExitCode.BUG)
    assert "arrive_as" in error.detail


@pytest.mark.parametrize(
    "url",
    ["http://ap.example.test", "ftp://127.0.0.1", "", "https://", "https://[", "https://ap.example.test:0",
     "https://ap.example.test?x=1", "http://127.0.0.1.example.test"],
)  # fmt: skip
def test_only_secure_addresses_are_used(connect, url):
    error = caught(lambda: connect(url=url))
    assert isinstance(error, NeedsUser)
    assert error.code == "cloud-address"


@pytest.mark.parametrize("url", ["https://me:hidden@ap.example.test", "http://me:hidden@[", "http://hidden@x/@"])
def test_a_password_in_the_address_is_refused_and_not_repeated(connect, url):
    error = caught(lambda: connect(url=url))
    assert error.code == "cloud-address"
    assert "hidden" not in str(error) + repr(vars(error))


def test_a_certificate_that_is_not_trusted_needs_the_user_at_once(connect, sleeps):
    untrusted = requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
    cloud, _ = canned(connect, untrusted, signed_in=False)
    error = caught(cloud.legal_entities)
    assert isinstance(error, NeedsUser)
    assert (error.code, sleeps) == ("cloud-not-trusted", [])


@pytest.mark.parametrize(
    "failure",
    [
        requests.exceptions.SSLError("EOF occurred in violation of protocol"),
        requests.exceptions.ProxyError("407"),
        requests.exceptions.ReadTimeout("slow"),
        requests.exceptions.ChunkedEncodingError("broken"),
        requests.exceptions.ContentDecodingError("broken"),
    ],
)
def test_trouble_on_the_way_is_tried_again(connect, sleeps, failure):
    cloud, _ = canned(connect, failure, answer(b'{"items": []}'))
    assert cloud.legal_entities() == []
    assert len(sleeps) == 1
    cloud, _ = canned(connect, failure, signed_in=False)
    assert caught(cloud.legal_entities).code == "cloud-unreachable"


@pytest.mark.parametrize(
    "nonsense",
    [
        answer(b"<html>Sign in to the guest network</html>", kind="text/html"),
        answer(b"{", kind="application/json"),
        answer(b"[]"),
        answer(b'{"items": 3}'),
        answer(b'{"items": [{"id": 7}]}'),
        answer(b"null"),
        answer(b"", 302, Location="https://elsewhere.example.test"),
        answer(b"<html>", 403, kind="text/html"),
        answer(b"<html>", 404, kind="text/html"),
        answer(b"nonsense", 422, kind="application/problem+json"),
    ],
)
def test_an_answer_that_is_not_the_contract_s_is_told_as_such(connect, nonsense):
    cloud, adapter = canned(connect, nonsense)
    error = caught(cloud.legal_entities)
    assert isinstance(error, RetryLater)
    assert error.code == "cloud-not-understood"
    assert len(adapter.sent) == 2


@pytest.mark.parametrize(
    "results",
    [
        b'{"results": []}',
        b'{"results": [{"key": "B", "status": "accepted"}]}',
        b'{"results": [{"key": "A", "status": "perhaps"}]}',
        b'{"results": null}',
        b'["A"]',
    ],
)
def test_results_that_do_not_match_the_records_are_not_believed(connect, results):
    cloud, _ = canned(connect, answer(results))
    assert caught(lambda: cloud.send_list(ListName.VENDOR, [ITEM], "k")).code == "cloud-not-understood"


def test_pages_that_go_round_in_a_circle_end(connect):
    cloud, _ = canned(connect, answer(b'{"items": [], "next": "61"}'))
    assert caught(lambda: list(cloud.orders())).code == "cloud-not-understood"


def test_an_exported_invoice_without_a_number_is_not_believed(connect):
    cloud, _ = canned(connect, answer(b'{"items": [{"division": "01"}], "next": null}'))
    assert caught(lambda: list(cloud.known_invoices())).code == "cloud-not-understood"


def test_exported_documents_without_their_frame_are_not_understood(connect):
    cloud, _ = canned(connect, answer(b'{"items": [{"document": {}, "run": ""}], "next": null}'))
    assert caught(lambda: list(cloud.exported(DocumentKind.INVOICE))).code == "cloud-not-understood"


def test_a_redirect_is_not_followed(connect):
    cloud, adapter = canned(connect, answer(b"", 307, Location="https://elsewhere.example.test/"))
    caught(lambda: cloud.send_list(ListName.VENDOR, [ITEM], "k"))
    assert {re.match("https://[^/]*", request.url)[0] for request in adapter.sent} == {"https://ap.example.test"}


def test_large_bodies_are_compressed_and_small_ones_are_not(connect):
    cloud, adapter = canned(connect, answer(b'{"results": []}'))
    caught(lambda: cloud.send_list(ListName.VENDOR, [ITEM], "k"))
    caught(lambda: cloud.send_list(ListName.VENDOR, [ITEM] * 100, "k"))
    _, small, large = adapter.sent
    assert "Content-Encoding" not in small.headers
    assert large.headers["Content-Encoding"] == "gzip"
    assert len(large.body) < 1000


def test_a_password_file_does_not_replace_the_token(connect, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine ap.example.test login me password hidden\n")
    monkeypatch.setenv("NETRC", str(netrc))
    cloud, adapter = canned(connect, answer(b'{"items": []}'))
    cloud.legal_entities()
    assert [request.headers.get("Authorization") for request in adapter.sent] == [
        None,
        "Bearer tttttttttttttttttttt",
    ]


def test_the_company_s_proxy_is_not_asked_for_this_computer(connect, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert len(connect().legal_entities()) == 1


def everything(error):
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error)) + str(error)


def test_no_secret_stands_in_an_error_a_log_or_a_repr(connect, sandbox, caplog):
    caplog.set_level(logging.DEBUG)
    told = f'{{"code": "x", "title": "{SECRET}", "detail": "tttttttttttttttttttt", "fix": ""}}'.encode()
    echo = answer(told, 422, kind="application/problem+json")
    odd_token = answer(b'{"access_token": "tttttttttttttttttttt\\n", "token_type": "Bearer", "expires_in": 1}')
    half_token = answer(b'{"access_token": "tttttttttttttttttttt"')
    page = answer(f"<html>{SECRET} tttttttttttttttttttt</html>".encode(), 500, kind="text/html")
    for cloud, _ in (
        canned(connect, echo),
        canned(connect, page),
        canned(connect, odd_token, signed_in=False),
        canned(connect, half_token, signed_in=False),
        canned(connect, requests.ConnectionError("gone")),
    ):
        error = caught(lambda cloud=cloud: cloud.document(DocumentKind.INVOICE, "inv-1"))
        text = everything(error) + repr(cloud) + repr(cloud._wire) + caplog.text
        assert SECRET not in text
        assert "tttttttttttttttttttt" not in text


def test_after_close_nothing_is_remembered(connect):
    cloud = connect()
    cloud.legal_entities()
    cloud.close()
    assert cloud._wire._token == ""
