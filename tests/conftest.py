"""Fixtures for all tests: each has its own index, media and background tasks."""

import gc
import shutil
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.storage import default_storage, storages
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, TransactionTestCase, override_settings
from django.utils import translation
from modelsearch import signal_handlers
from wagtail.models import Locale, Site

from hub.models import HomePage
from tests import s3_server
from tests.template_database import template_of

WORLD = pytest.StashKey()  # of a module: the folder with the files of its ``world``


def pytest_addoption(parser):
    parser.addoption(
        "--thorough", action="store_true", help="Run the long matrices (marked thorough) as well."
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("thorough"):
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
    for item in items:
        if "s3_url" in item.fixturenames and not item.get_closest_marker("processes"):
            item.add_marker(pytest.mark.s3)
        if not item.get_closest_marker("django_db") and "db" not in item.fixturenames:
            item.add_marker(pytest.mark.any_database)


def pytest_collection_finish():
    """Everything loaded by now stays until the end, so exempt it from garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # what tests leave is small; looking for it took 5 %


def matrix(values, quick):
    """Parameters of a long matrix: the quick run has those in ``quick``, the thorough run all."""
    return [v if v in quick else pytest.param(v, marks=pytest.mark.thorough) for v in values]


def combinations(values, quick):
    """As ``matrix``, for several parameters at once."""
    return [v if v in quick else pytest.param(*v, marks=pytest.mark.thorough) for v in values]


@pytest.fixture
def thorough(request) -> bool:
    """Whether loops inside a test go through all values, or through a part of them."""
    return request.config.getoption("thorough")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """A migrated database with reference data; tests roll back to it, and after a test that commits
    it is copied anew."""
    template = template_of(connection)
    with django_db_blocker.unblock():
        template.make()
        template.copy()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: template.copy())
        yield
    with django_db_blocker.unblock():
        template.remove()


@pytest.fixture(autouse=True)
def quick_settings(settings, request):
    """Use a fast password hasher, and update the editor's search index on save only in tests marked
    ``editors_search``."""
    for name, value in _quick_settings(request.node).items():
        setattr(settings, name, value)


def _quick_settings(node):
    found = {
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        # Each test client builds the middleware anew, which would scan all static files.
        "WHITENOISE_AUTOREFRESH": True,
    }
    if not node.get_closest_marker("editors_search"):
        backend = django_settings.WAGTAILSEARCH_BACKENDS["default"]
        found["WAGTAILSEARCH_BACKENDS"] = {"default": backend | {"AUTO_UPDATE": False}}
    return found


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path, monkeypatch, request):
    """Each test has its own folder for search indexes and uploaded files, with a copy of the files
    that the ``world`` of its module wrote."""
    world_folder = request.node.getparent(pytest.Module).stash.get(WORLD, None)
    if world_folder:
        _close_engines()
        shutil.copytree(world_folder, tmp_path, dirs_exist_ok=True)
    for name, value in _own_settings(tmp_path).items():
        setattr(settings, name, value)
    _reset_state(tmp_path, monkeypatch)
    if request.node.get_closest_marker("editors_search") and not world_folder:
        _add_empty_editors_index()
    yield
    _close_engines()


@pytest.fixture
def s3_url():
    """Makes addresses on the real S3 server of this run that no other test uses."""
    return s3_server.s3_url


@pytest.fixture
def uploads_on_s3(s3_url, settings, monkeypatch):
    """Uploaded files of this test lie on the real S3 server; the address is STORAGE_URL."""
    from hub.files.s3_storage import ThaiNameS3Storage

    settings.STORAGE_URL = s3_url("uploads")
    storage = ThaiNameS3Storage(settings.STORAGE_URL)
    bool(default_storage.location)  # makes what the fields of models hold
    monkeypatch.setattr(default_storage, "_wrapped", storage)
    monkeypatch.setitem(storages._storages, "default", storage)
    return settings.STORAGE_URL


def _add_empty_editors_index():
    from search.editors import wagtail_backend

    wagtail_backend._engine().rebuild([])


@pytest.fixture(autouse=True)
def editors_search_when_marked(monkeypatch, request):
    _leave_editors_search(request.node, monkeypatch)


def _leave_editors_search(node, monkeypatch):
    """Without the marker, saving does not even ask whether an object is in the editors' index."""
    if not node.get_closest_marker("editors_search"):
        unasked = SimpleNamespace(enqueue=lambda *_arguments: None)
        monkeypatch.setattr(signal_handlers, "insert_or_update_object_task", unasked)


@pytest.fixture(autouse=True)
def index_when_asked(monkeypatch):
    """The index is built when a test first asks it, as ``prepare`` builds it before a hub is
    served; most tests never do. Once there was one, nothing here builds another."""
    _build_when_asked(monkeypatch)


def _build_when_asked(monkeypatch):
    from search.engines.tantivy_engine import TantivyEngine
    from search.index import indexer

    built = set()

    def building_first(method):
        def ask(engine, *arguments, **options):
            path = engine.path
            if engine is indexer._engines.get(path) and path not in built:
                built.add(path)
                if not (path / "current").exists():
                    indexer.rebuild()
            return method(engine, *arguments, **options)

        return ask

    rebuild = TantivyEngine.rebuild

    def remembering(engine, *arguments, **options):
        built.add(engine.path)
        return rebuild(engine, *arguments, **options)

    monkeypatch.setattr(TantivyEngine, "rebuild", remembering)
    for name in ("search", "suggest", "word_counts", "count", "digests"):
        monkeypatch.setattr(TantivyEngine, name, building_first(getattr(TantivyEngine, name)))


def _own_settings(folder):
    return {
        "SEARCH_INDEX_DIR": folder / "index", "MEDIA_ROOT": folder / "media",
        "PACKS_DIR": folder / "packs", "SEARCH_URL": "",
        "TASKS": {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}},
        "EMAIL_BACKEND": "tests.emails.DeliveringBackend",
        "EMAIL_DELIVERY_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }


def _reset_state(folder, monkeypatch):
    """Clear the caches, counters and open engines of this process."""
    from courses.downloads import counters as downloads
    from courses.packs import prebuild
    from hub.models import generation
    from hub.statistics import counters
    from search.editors import wagtail_backend
    from search.index import cluster, indexer
    from search.query.background import Background
    from search.statistics import counters as searches

    cache.clear()
    translation.deactivate()  # the language of an earlier test
    _keep_connection(monkeypatch)
    # Another test may reach the same generation of the change log with other pages.
    monkeypatch.setattr(generation, "_kept", generation._Kept())
    monkeypatch.setattr(prebuild, "_built_state", None)
    # No thread writes to the test database; tests flush the counters themselves.
    monkeypatch.setattr(counters, "SECONDS_BETWEEN_WRITES", 0)
    monkeypatch.setattr(Background, "run", lambda _self, function: function())
    monkeypatch.setattr(searches, "counts", searches.SearchCounts())
    monkeypatch.setattr(downloads, "counts", downloads.DownloadCounts())
    for module in (searches, downloads):
        monkeypatch.setattr(module, "visitors", counters.Visitors())
    for module in (cluster, indexer, wagtail_backend):
        monkeypatch.setattr(module, "_engines", {})
    # Model fields keep the storage object they were created with.
    monkeypatch.setattr(storages["default"], "_location", folder / "media")
    for name in ("location", "base_location"):
        storages["default"].__dict__.pop(name, None)


def _keep_connection(monkeypatch):
    """Leave the connection open in the transaction that undoes a test.

    A response that is closed outside Django's test client, or once more, tells Django that the
    request has ended, and Django closes a connection that is in the midst of a transaction. One
    to SQLite in memory stays open all the same.
    """
    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_unless_in_transaction(self):
        if not self.in_atomic_block:
            close(self)

    monkeypatch.setattr(
        BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_unless_in_transaction)


def _close_engines():
    from search.editors import wagtail_backend
    from search.index import indexer

    for engines in (indexer._engines, wagtail_backend._engines):
        for engine in engines.values():
            engine.close()
        engines.clear()


@pytest.fixture(scope="module")
def world(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """Data shared by the tests of a module, written once by module-scoped fixtures that use it.

    Each test starts from that database and a copy of those files, and leaves nothing behind.
    No test in the module may be transactional. The value is the Thai home page.
    """
    folder = tmp_path_factory.mktemp("world")
    request.node.stash[WORLD] = folder
    own = _quick_settings(request.node) | _own_settings(folder)
    with (
        override_settings(**own), pytest.MonkeyPatch.context() as monkeypatch,
        django_db_blocker.unblock(), transaction.atomic(),
    ):
        _reset_state(folder, monkeypatch)
        _build_when_asked(monkeypatch)
        _leave_editors_search(request.node, monkeypatch)
        yield thai_home()
        transaction.set_rollback(True)
        _close_engines()


@pytest.fixture
def hub(db):
    """The Thai home page of a hub with its reference data."""
    return thai_home()


def thai_home():
    return Site.objects.get(is_default_site=True).root_page.specific


@pytest.fixture
def english_home(hub):
    return HomePage.objects.get(locale__language_code="en")


@pytest.fixture
def thai():
    return Locale.objects.get(language_code="th")


@pytest.fixture
def visitor():
    """A client that is not signed in."""
    return Client()


@pytest.fixture
def editor(hub):
    """A member of Wagtail's Editors: writes and submits, does not publish."""
    return make_user("editor", "Editors")


@pytest.fixture
def moderator(hub):
    """A member of Wagtail's Moderators: publishes."""
    return make_user("moderator", "Moderators")


@pytest.fixture
def administrator(hub):
    return make_user("administrator", is_superuser=True, is_staff=True)


def make_user(name, *groups, **fields):
    """A user in ``groups``, which are created if needed."""
    user = get_user_model().objects.create_user(name, f"{name}@example.org", "secret", **fields)
    user.groups.set(Group.objects.get_or_create(name=group)[0] for group in groups)
    return user


@pytest.fixture
def signed_in():
    """A client signed in as the user it is called with."""

    def client_of(user):
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def client_of(people, signed_in):
    """The client for a role: a visitor, or a user of the module's fixture ``people``."""

    def client(role):
        return Client() if role == "visitor" else signed_in(people[role])

    return client
