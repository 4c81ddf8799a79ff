"""The HTTP clients of a search cluster: OpenSearch or Elasticsearch, each by its own library.

Every failure raises IndexUnavailable, and no request takes longer than its limit. No Django here.
A library is imported when its client is created, so a hub without a cluster loads neither.
"""

import logging
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from search.engines.contract import IndexUnavailable

DEFAULT_PORT = 9200
DEFAULT_PREFIX = "hub"
PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
MAX_CONCURRENT = 32  # requests of one process


class Unreachable(IndexUnavailable):
    """The request had no usable answer; ``status`` is the HTTP status when there was one."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Address:
    """The parts of a SEARCH_URL: ``opensearch+tls://user:password@host:9200/prefix?ca=/path``."""

    product: str  # opensearch | elasticsearch
    secure: bool
    host: str
    port: int
    prefix: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str | None = None  # file with the certificates to trust

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"

    def __str__(self):
        return f"{self.product} at {self.host}:{self.port}/{self.prefix}"


def address_of(url: str) -> Address:
    """Parse a SEARCH_URL. Raises ValueError, whose message does not contain the password."""
    parts = urlsplit(url)
    product, _plus, security = parts.scheme.partition("+")
    if product not in CLIENTS or security not in ("", "tls", "https"):
        raise ValueError(
            "it begins with opensearch://, opensearch+tls://, elasticsearch:// or "
            "elasticsearch+tls://"
        )
    if not parts.hostname:
        raise ValueError("it names no host")
    prefix = parts.path.strip("/") or DEFAULT_PREFIX
    if not PREFIX.fullmatch(prefix):
        raise ValueError("its path, the name of the index, may hold a-z, 0-9, - and _ only")
    try:
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise ValueError("its port is no number") from None
    return Address(
        product, bool(security), parts.hostname, port, prefix, unquote(parts.username or ""),
        unquote(parts.password or ""), parse_qs(parts.query).get("ca", [None])[0],
    )


class Client:
    """Sends a request with a limit in seconds; returns its answer or raises Unreachable."""

    def __init__(self, address: Address):
        self.address = address
        self._slots = threading.BoundedSemaphore(MAX_CONCURRENT)

    def request(self, method, path, body=None, params=None, seconds=0.5) -> dict:
        """The answer as decoded JSON. ``body`` is a dict, or text of JSON lines.

        The libraries' own time-outs restart with each chunk that arrives and do not cover DNS,
        so the request runs in a thread that is abandoned when its time is up.
        """
        if seconds <= 0:
            raise Unreachable("no time left")
        deadline = time.monotonic() + seconds
        if not self._slots.acquire(timeout=seconds):
            raise Unreachable("too many requests are waiting for an answer")
        outcome = {}

        def send():
            try:
                outcome["answer"] = self._send(method, path, body, params or {}, seconds)
            except IndexUnavailable as error:
                outcome["error"] = error
            except Exception as error:  # of other libraries: TLS, decoding
                outcome["error"] = Unreachable(f"{type(error).__name__}: {error}")
            finally:
                self._slots.release()

        thread = threading.Thread(target=send, name="cluster", daemon=True)
        thread.start()
        thread.join(max(0.0, deadline - time.monotonic()))
        if not outcome:
            raise Unreachable(f"no answer within {seconds:.1f} s")
        if "error" in outcome:
            raise outcome["error"]
        if not isinstance(outcome["answer"], dict):
            raise Unreachable("the answer is not a JSON object")
        return outcome["answer"]

    def _send(self, method, path, body, params, seconds):
        raise NotImplementedError


class OpenSearchClient(Client):
    def __init__(self, address):
        import opensearchpy  # heavy: only where SEARCH_URL names OpenSearch

        super().__init__(address)
        # It logs each failed request with a traceback; the hub logs a failure once.
        logging.getLogger("opensearch").setLevel(logging.ERROR)
        self._errors = opensearchpy.exceptions
        self._client = opensearchpy.OpenSearch(
            hosts=[{"host": address.host, "port": address.port}],
            http_auth=(address.user, address.password) if address.user else None,
            use_ssl=address.secure, verify_certs=True, ca_certs=address.ca,
            max_retries=0, retry_on_timeout=False, pool_maxsize=MAX_CONCURRENT,
        )

    def _send(self, method, path, body, params, seconds):
        headers = {"content-type": _content_type(body)}
        try:
            return self._client.transport.perform_request(
                method, path, params=params, body=body, timeout=seconds, headers=headers
            )
        except self._errors.TransportError as error:
            status = error.status_code if isinstance(error.status_code, int) else None
            raise Unreachable(_short(error), status) from error


class ElasticsearchClient(Client):
    def __init__(self, address):
        import elasticsearch  # heavy: only where SEARCH_URL names Elasticsearch

        super().__init__(address)
        logging.getLogger("elastic_transport").setLevel(logging.ERROR)
        self._api_error = elasticsearch.ApiError
        trust = {"ca_certs": address.ca} if address.secure and address.ca else {}
        self._client = elasticsearch.Elasticsearch(
            address.url, max_retries=0, retry_on_timeout=False, connections_per_node=MAX_CONCURRENT,
            basic_auth=(address.user, address.password) if address.user else None, **trust,
        )

    def _send(self, method, path, body, params, seconds):
        headers = {"accept": "application/json", "content-type": _content_type(body)}
        try:
            answer = self._client.options(request_timeout=seconds).perform_request(
                method, path, params=params, headers=headers, body=body
            )
        except self._api_error as error:
            raise Unreachable(_short(error), error.status_code) from error
        return answer.body


CLIENTS = {"opensearch": OpenSearchClient, "elasticsearch": ElasticsearchClient}


def client_of(address: Address) -> Client:
    return CLIENTS[address.product](address)


def _content_type(body):
    return "application/x-ndjson" if isinstance(body, str) else "application/json"


def _short(error) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"
