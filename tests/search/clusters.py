"""The real search servers of a test run (bin/test_clusters.sh), an index of its own per test."""

import os
import uuid

import pytest

from search.engines.cluster.client import address_of, client_of

PRODUCTS = ("opensearch", "elasticsearch")


def cluster_url(product) -> str:
    """A SEARCH_URL that no other test uses; skips the test when the server is not there."""
    url = os.environ.get(f"{product.upper()}_URL")
    if not url:
        pytest.skip(f"no {product} server: run ./test, or TEST_CLUSTERS=1 ./test FILE")
    return f"{url}-{uuid.uuid4().hex[:8]}"


def indexes(url) -> dict:
    """Name → mapping of the indexes under ``url``."""
    address = address_of(url)
    return client_of(address).request("GET", f"/{address.prefix}*/_mapping", seconds=10)


def forget(url) -> None:
    """Delete the indexes under ``url``."""
    for name in indexes(url):
        client_of(address_of(url)).request("DELETE", f"/{name}", seconds=10)
