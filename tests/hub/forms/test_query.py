"""Numbers in addresses are what a database can keep."""

import pytest
from django.urls import Resolver404, resolve

from hub.forms.query import LARGEST, query_number, query_numbers, query_value

TOO_LARGE = [LARGEST + 1, "9" * 23, "9" * 5000]


@pytest.mark.parametrize("number", [0, 1, LARGEST])
def test_numbers_in_paths_are_read(number):
    assert resolve(f"/courses/runs/{number}/").kwargs == {"pk": number}


@pytest.mark.parametrize("number", TOO_LARGE)
@pytest.mark.parametrize("path", ["/admin/pages/{}/edit/", "/admin/users/edit/{}/"])
def test_larger_numbers_in_paths_are_no_address(path, number):
    assert resolve(path.format(1)).func != resolve("/admin/nothing/").func
    try:
        found = resolve(path.format(number))
    except Resolver404:
        return
    assert found.func == resolve("/admin/nothing/").func, "the editor's page for unknown addresses"


@pytest.mark.parametrize("typed", [*TOO_LARGE, "", "-1", "1.5", "x", "٣", "²", " 1"])
def test_what_is_no_number_in_a_query_is_left_out(rf, typed):
    request = rf.get("/", {"a": typed})
    assert query_number(request, "a") is None
    assert query_numbers(request, "a", 9) == []


def test_numbers_in_a_query_are_read(rf):
    request = rf.get("/", {"a": ["7", "x", str(LARGEST), "8"]})
    assert query_number(request, "a") == 7
    assert query_numbers(request, "a", 3) == [7, LARGEST]
    assert query_number(request, "b") is None


def test_values_in_a_query_fit_any_database(rf):
    request = rf.get("/", {"a": "ก\0ข" + "x" * 99})
    assert query_value(request, "a", 5) == "กขxx"
