"""A hub with a search cluster."""

import pytest

from search import cluster
from tests.search.clusters import cluster_url, forget


@pytest.fixture
def search_cluster(settings):
    """Give the hub a cluster: a real one of a product, built now, or whatever ``url`` names."""
    made = []

    def have(product=None, url=None):
        settings.SEARCH_URL = url or cluster_url(product)
        if product:
            made.append(settings.SEARCH_URL)
            cluster.rebuild()
        return cluster.cluster()

    yield have
    for url in made:
        forget(url)
