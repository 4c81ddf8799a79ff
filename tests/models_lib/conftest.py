import pytest


@pytest.fixture
def member(hub, django_user_model):
    """Somebody who signed in and belongs to no group."""
    return django_user_model.objects.create_user("member", "member@example.org", "secret")


@pytest.fixture
def other_member(hub, django_user_model):
    return django_user_model.objects.create_user("other", "other@example.org", "secret")
