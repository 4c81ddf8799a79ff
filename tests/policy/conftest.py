"""An assembly whose stages are laid around today, a draft of it, and people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from policy.models import ProcessStage
from tests.factories import AssemblyPageFactory, DraftResolutionPageFactory

Kind = ProcessStage.Kind


def days(number):
    return timezone.localdate() + timedelta(days=number)


def with_stages(assembly, *stages):
    """``assembly`` with stages (kind, first day, last day) counted from today, published."""
    assembly.process = [
        ProcessStage(kind=kind, starts=days(first), ends=None if last is None else days(last))
        for kind, first, last in stages
    ]
    assembly.save_revision().publish()
    return type(assembly).objects.get(pk=assembly.pk)


@pytest.fixture
def assembly(hub):
    """Agenda call over, amendments on, adoption to come."""
    return with_stages(
        AssemblyPageFactory(title="สมัชชาที่หนึ่ง", parent=hub),
        (Kind.AGENDA_CALL, -30, -20), (Kind.AMENDMENTS, -5, 5), (Kind.ADOPTION, 10, 10),
        (Kind.FOLLOW_UP, 20, None),
    )


@pytest.fixture
def draft(assembly):
    """Open for amendments; what new members say is shown at once."""
    return DraftResolutionPageFactory(title="ร่างเรื่องปู", parent=assembly, hold_first=False)


@pytest.fixture
def member(hub, django_user_model):
    return _member(django_user_model, "malee", "มาลี")


@pytest.fixture
def other_member(hub, django_user_model):
    return _member(django_user_model, "somsak", "สมศักดิ์")


def _member(model, name, first_name):
    return model.objects.create_user(
        name, f"{name}@example.org", "secret", first_name=first_name
    )
