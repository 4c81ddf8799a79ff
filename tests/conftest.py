"""A hub of its own for every test: index, media and tasks apart from any other."""

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.test import Client
from django.utils import translation
from wagtail.models import Locale, Site

from hub.models import HomePage
from hub.reference import load_reference


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Reference data once for all tests; each test rolls back to it."""
    with django_db_blocker.unblock():
        load_reference()


@pytest.fixture(autouse=True)
def nothing_slow(settings, request):
    """What costs time and matters to few tests: passwords hashed well, and an index of the editor's
    search that follows every save (tests marked ``editors_search`` have it)."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if not request.node.get_closest_marker("editors_search"):
        settings.WAGTAILSEARCH_BACKENDS = {
            "default": settings.WAGTAILSEARCH_BACKENDS["default"] | {"AUTO_UPDATE": False}
        }


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path, monkeypatch):
    """The search indexes and uploaded files of one test lie in its own folder."""
    from courses import counting as downloads
    from hub import counting, navigation
    from search import cluster, indexer, wagtail_backend
    from search import counting as searches

    cache.clear()
    translation.deactivate()  # what a test before spoke
    # Another test may come to the same generation of the change log with other pages.
    monkeypatch.setattr(navigation, "_kept", navigation._Kept())
    # No thread writes into the database of a test; counts are written when a test says so.
    monkeypatch.setattr(counting, "SECONDS_BETWEEN_WRITES", 0)
    monkeypatch.setattr(searches, "counts", searches.SearchCounts())
    monkeypatch.setattr(downloads, "counts", downloads.DownloadCounts())
    for module in (searches, downloads):
        monkeypatch.setattr(module, "visitors", counting.Visitors())
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PACKS_DIR = tmp_path / "packs"
    settings.SEARCH_URL = ""
    monkeypatch.setattr(cluster, "_engines", {})
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    monkeypatch.setattr(indexer, "_engines", {})
    monkeypatch.setattr(wagtail_backend, "_engines", {})
    # The fields of models hold on to the storage they were made with.
    monkeypatch.setattr(storages["default"], "_location", tmp_path / "media")
    for name in ("location", "base_location"):
        storages["default"].__dict__.pop(name, None)
    yield
    for engine in [*indexer._engines.values(), *wagtail_backend._engines.values()]:
        engine.close()


@pytest.fixture
def hub(db):
    """The Thai home page of a hub with its reference data."""
    if not HomePage.objects.exists():  # a test that commits leaves an emptied database behind
        load_reference()
    home = HomePage.objects.get(locale__language_code="th")
    # The first test that commits finds Wagtail's own data laid over the hub's, its site too.
    Site.objects.filter(is_default_site=True).exclude(root_page=home).update(root_page=home)
    return home


@pytest.fixture
def english_home(hub):
    return HomePage.objects.get(locale__language_code="en")


@pytest.fixture
def thai():
    return Locale.objects.get(language_code="th")


@pytest.fixture
def visitor():
    """A client without sign-in whose page cache is its own."""
    return Client()


@pytest.fixture
def editor(hub, django_user_model):
    """A member of Wagtail's Editors: writes and submits, does not publish."""
    return _user(django_user_model, "editor", "Editors")


@pytest.fixture
def moderator(hub, django_user_model):
    """A member of Wagtail's Moderators: publishes."""
    return _user(django_user_model, "moderator", "Moderators")


@pytest.fixture
def administrator(hub, django_user_model):
    return django_user_model.objects.create_superuser("administrator", "a@example.org", "secret")


def _user(model, name, group):
    from django.contrib.auth.models import Group

    user = model.objects.create_user(name, f"{name}@example.org", "secret")
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def signed_in():
    """A client signed in as the user it is called with."""

    def client_of(user):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
