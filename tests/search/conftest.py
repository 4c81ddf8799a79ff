"""A hub with a search cluster."""

import pytest

from search.index import cluster
from search.query import fallback
from tests.search.clusters import PRODUCTS, cluster_url, forget


def pytest_collection_modifyitems(items):
    for item in items:
        if hasattr(item, "callspec") and any(p in PRODUCTS for p in item.callspec.params.values()):
            item.add_marker(pytest.mark.cluster)


@pytest.fixture
def search_cluster(settings, monkeypatch):
    """Give the hub a cluster: a real one of a product, built now, or whatever ``url`` names.

    A real one has time to answer: what it finds is looked at, on however busy a machine.
    """
    made = []

    def have(product=None, url=None):
        settings.SEARCH_URL = url or cluster_url(product)
        if product:
            monkeypatch.setattr(fallback, "CLUSTER_SECONDS", 30)
            made.append(settings.SEARCH_URL)
            cluster.rebuild()
        return cluster.cluster()

    yield have
    for url in made:
        forget(url)
