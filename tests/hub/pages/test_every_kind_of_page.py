"""Every page type opens in both languages with its own template."""

import pytest

from tests.factories import FACTORIES, SectionPageFactory, home

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("stage", FACTORIES)
def test_a_visitor_reads_the_page(hub, visitor, stage, language):
    factory = FACTORIES[stage]
    parents = {"replication": "model", "draft": "assembly", "resolution": "assembly"}
    if stage in parents:
        page = factory(title="Canary page", parent=FACTORIES[parents[stage]](parent=home(language)))
    else:
        page = factory(title="Canary page", parent=SectionPageFactory(parent=home(language)))
    response = visitor.get(page.url)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert "Canary page" in response.content.decode()
    assert page.url.startswith("/en/") == (language == "en")
    app, model = page._meta.app_label, type(page).__name__
    expected = f"{app}/{''.join('_' + c.lower() if c.isupper() else c for c in model)[1:]}.html"
    assert response.templates[0].name == expected
