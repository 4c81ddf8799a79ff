"""How many questions a page asks of the database."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def queries_of(address) -> list[str]:
    """The SQL of a visit by somebody who is not signed in, to a process that has shown the page
    before: what is read once per process or per change is not asked again."""
    for _visit in range(2):  # the first indexes what changed, which is a change as well
        # Each client has a cache of pages of its own, so the page is built anew.
        assert Client().get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as asked:
        response = Client().get(address)
        assert response.getvalue() if response.streaming else response.content
    # How far the index has come depends on the moment.
    return [query["sql"] for query in asked if "hub_outboxentry" not in query["sql"]]
