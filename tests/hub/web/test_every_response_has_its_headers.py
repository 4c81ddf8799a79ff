"""Security headers stand on every kind of response, and the response to HEAD has no body."""

from io import BytesIO
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory
from PIL import Image

from hub.models import HubImage
from hub.web import concurrency_limit, request_body
from tests.conftest import make_user
from tests.factories import FACTORIES, LessonPageFactory, document
from tests.hub.web.addresses import every_address

pytestmark = pytest.mark.django_db
POLICIES = ("Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "X-Frame-Options")


def assert_headers(answer, shown):
    for name in POLICIES:
        assert answer.get(name), f"{shown}: {name}"
    assert answer["X-Content-Type-Options"] == "nosniff", shown
    if "/admin/" not in shown:
        assert "unsafe-" not in answer["Content-Security-Policy"], shown
    assert "unsafe-eval" not in answer["Content-Security-Policy"], shown


@pytest.fixture
def image(hub):
    from django.core.files.images import ImageFile

    data = BytesIO()
    Image.new("RGB", (9, 9)).save(data, "PNG")
    data.seek(0)
    return HubImage.objects.create(title="x", file=ImageFile(data, "x.png"))


def test_every_kind_of_response(hub, image, editor, signed_in, settings, monkeypatch):
    static = Path(settings.STATIC_ROOT)
    style = next(static.rglob("*.css")).relative_to(static)
    visitor = Client(raise_request_exception=False)
    file = document("ไฟล์", "a.txt", b"x")
    kinds = {
        200: ["/", "/en/", "/livez", "/readyz", "/robots.txt", "/search/", f"/static/{style}",
              file.url, image.get_rendition("width-9").url, "/admin/login/"],
        302: ["/admin/", "/accounts/me/"],
        304: [], 400: ["/?x=%00", "/en/%00"], 404: ["/nothing/", "/static/nothing.css", "/media/x"],
    }
    for status, addresses in kinds.items():
        for address in addresses:
            answer = visitor.get(address)
            assert answer.status_code == status, address
            assert_headers(answer, address)
            assert answer.get("Content-Encoding") != "None", "as Wagtail says of documents"
            answer.close()
    first = visitor.get("/")
    assert_headers(visitor.get("/", headers={"If-None-Match": first["ETag"]}), "304")
    assert_headers(visitor.get("/", headers={"Host": "elsewhere.example"}), "another host: 400")
    assert_headers(visitor.post("/livez"), "405")
    assert_headers(signed_in(editor).get("/admin/"), "/admin/")
    large = {"CONTENT_LENGTH": str(10**12)}
    assert_headers(visitor.generic("POST", "/", b"", **large), "413")
    assert_headers(visitor.generic("POST", "/", b"", HTTP_TRANSFER_ENCODING="chunked"), "411")
    cut = {"CONTENT_LENGTH": "5", "wsgi.input": BytesIO(b"x")}
    assert_headers(visitor.generic("POST", "/", b"", **cut), "408")
    refused = Client(enforce_csrf_checks=True).post("/en/accounts/login/", {"login": "a"})
    assert refused.status_code == 403
    assert_headers(refused, "403")
    monkeypatch.setattr(request_body, "MAX_BYTES_AT_A_TIME", 0)
    busy = visitor.post("/accounts/login/", {"login": "a"})
    assert busy.status_code == 503
    assert_headers(busy, "503")
    monkeypatch.setattr(concurrency_limit, "MAX_STREAMS", 0)
    assert_headers(Client().get(file.url), "503 for a download")

    def broken(*_arguments, **_options):
        raise RuntimeError

    monkeypatch.setattr("hub.models.HomePage.serve", broken)
    answer = Client(raise_request_exception=False).get("/en/")
    assert answer.status_code == 500
    assert_headers(answer, "500")


@pytest.mark.parametrize(("path", "words"), [
    ("/accounts/login/", "ย้อนกลับ"), ("/en/accounts/login/", "Go back"),
])
def test_a_form_without_its_token_gets_a_page_that_says_what_to_do(hub, path, words):
    answer = Client(enforce_csrf_checks=True).post(path, {"login": "a"})
    assert answer.status_code == 403
    assert words in answer.content.decode()
    assert f'lang="{"en" if "/en/" in path else "th"}"' in answer.content.decode()


def served(method, address, cookies=""):
    """(status, headers, body) as a server gets them; Django's test client hides a body of HEAD."""
    environ = RequestFactory().generic(method, address).environ
    path = unquote_to_bytes(urlsplit(address).path).decode("latin-1")
    environ |= {"HTTP_COOKIE": cookies, "PATH_INFO": path}
    found = {}

    def start_response(status, headers):
        found.update(status=int(status.split()[0]), headers={n.title(): v for n, v in headers})

    response = WSGIHandler()(environ, start_response)
    try:
        return found["status"], found["headers"], b"".join(response)
    finally:
        response.close()


def test_head_has_no_body_and_the_length_of_get(hub, thorough, signed_in):
    pages = [hub, *([factory() for factory in FACTORIES.values()] if thorough
                    else [LessonPageFactory(), FACTORIES["curriculum"]()])]
    file = document("ไฟล์", "a.txt", b"x" * 100)
    client = signed_in(make_user("superuser", is_superuser=True, is_staff=True))
    cookies = f"sessionid={client.cookies['sessionid'].value}"
    keys = {"page_id": pages[1].pk}
    addresses = [a.of_something(keys) for a in every_address([page.specific for page in pages])]
    if not thorough:
        addresses = [a for a in addresses if not a.startswith("/admin/")] + ["/admin/"]
    addresses += [file.url, "/static/nothing.css", "/admin/pages/"]
    lengths = {}
    for address in addresses:
        if address.endswith("failwhale/"):
            continue
        status, headers, body = served("HEAD", address, cookies)
        assert body == b"", address
        got, got_headers, content = served("GET", address, cookies)
        if status == 405 and address.startswith("/admin/"):
            # Wagtail's previews name the methods that they answer, and HEAD is none of them.
            assert "HEAD" not in headers["Allow"], address
            continue
        assert status == got, address
        if b"csrfmiddlewaretoken" not in content and "Content-Length" in got_headers:
            lengths[address] = (headers.get("Content-Length"), got_headers["Content-Length"])
            if lengths[address][0] != lengths[address][1]:  # figures of the Health page change
                _status, headers, _body = served("HEAD", address, cookies)
                lengths[address] = (headers.get("Content-Length"), lengths[address][1])
    assert lengths[file.url] == ("100", "100")
    different = {address: pair for address, pair in lengths.items() if pair[0] != pair[1]}
    assert different == {}
    assert len(lengths) > 20
