"""A database that lacks a table or a column of this version is named at once, not by errors 500."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from hub.management.commands import serve
from hub.web import schema

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def read_anew(monkeypatch):
    monkeypatch.setattr(schema, "_found_complete", False)


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_database_of_this_version_lacks_nothing(hub, client):
    assert schema.missing() == [] and schema.complaint() == ""
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["schema"] == "ok"


def test_a_missing_column_and_a_missing_table_are_named(hub, client, monkeypatch):
    execute("ALTER TABLE courses_knownhandout DROP COLUMN was_closed")
    execute("DROP TABLE policy_clausereport" + (
        " CASCADE" if connection.vendor == "postgresql" else ""))
    assert set(schema.missing()) == {"courses_knownhandout.was_closed", "policy_clausereport"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "courses_knownhandout.was_closed" in answer.json()["schema"]
    monkeypatch.setattr(serve.Supervisor, "run", lambda _self: pytest.fail("it was started"))
    with pytest.raises(CommandError, match=r"another version.*lacks .*was_closed"):
        call_command("serve")
    with pytest.raises(CommandError, match="another version"):
        call_command("prepare")


def test_an_empty_database_is_told_apart(hub, monkeypatch):
    monkeypatch.setattr(schema, "missing", lambda: ["a"] * 140)
    assert "another version" in schema.complaint() and "137 more" in schema.complaint()
    monkeypatch.setattr(connection.introspection, "table_names", list)
    assert "manage.py upgrade" in schema.complaint()
