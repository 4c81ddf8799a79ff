"""Every kind of page opens in both languages on a template of its own."""

import pytest

from tests.factories import FACTORIES, SectionPageFactory, home

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("stage", FACTORIES)
def test_a_visitor_reads_it(hub, visitor, stage, language):
    made = FACTORIES[stage]
    above = {"replication": "model", "draft": "assembly", "resolution": "assembly"}.get(stage)
    if above:
        page = made(title="Canary page", parent=FACTORIES[above](parent=home(language)))
    else:
        page = made(title="Canary page", parent=SectionPageFactory(parent=home(language)))
    response = visitor.get(page.url)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert "Canary page" in response.content.decode()
    assert page.url.startswith("/en/") == (language == "en")
    app, model = page._meta.app_label, type(page).__name__
    expected = f"{app}/{''.join('_' + c.lower() if c.isupper() else c for c in model)[1:]}.html"
    assert response.templates[0].name == expected
