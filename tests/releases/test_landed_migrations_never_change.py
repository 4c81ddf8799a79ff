"""A hub has run the migrations that landed, so none of them changes or goes."""

import pytest

from tests.releases import landed

NOTED = {"hub/migrations/0001_initial.py": "a", "hub/migrations/0002_more.py": "b"}


def test_those_that_landed_are_as_they_were():
    assert landed.touched(landed.landed(), landed.present()) == []


def test_every_migration_is_noted():
    missing = landed.present().keys() - landed.landed().keys()
    assert not missing, f"Run bin/freeze_migrations: {missing}"


def test_every_app_that_has_migrations_is_looked_at():
    from django.apps import apps

    ours = {
        config.label for config in apps.get_app_configs()
        if config.path.startswith(str(landed.ROOT)) and "site-packages" not in config.path
    }
    assert {path.split("/")[0] for path in landed.landed()} == ours


@pytest.mark.parametrize(("found", "said"), [
    (NOTED, []),
    (NOTED | {"hub/migrations/0003_new.py": "c"}, []),
    (NOTED | {"hub/migrations/0002_more.py": "c"}, ["hub/migrations/0002_more.py was changed"]),
    ({"hub/migrations/0001_initial.py": "a"}, ["hub/migrations/0002_more.py is gone"]),
])
def test_what_was_touched_is_named(found, said):
    assert landed.touched(NOTED, found) == said


def test_one_changed_letter_is_another_hash_and_line_endings_are_not(tmp_path):
    file = tmp_path / "app/migrations/0001_initial.py"
    file.parent.mkdir(parents=True)
    hashes = set()
    for content in (b"a = 1\n", b"a = 1\r\n", b"a = 2\n"):
        file.write_bytes(content)
        hashes.add(landed.present(tmp_path)["app/migrations/0001_initial.py"])
    assert len(hashes) == 2


def test_the_list_is_read_as_it_was_written_and_new_ones_are_added(tmp_path, monkeypatch, capsys):
    file = tmp_path / "migrations.sha256"
    monkeypatch.setattr(landed.landed, "__defaults__", (file,))
    monkeypatch.setattr(landed.write, "__defaults__", (file,))
    found = dict(NOTED)
    monkeypatch.setattr(landed, "present", lambda: found)
    assert landed.main([]) is None and landed.landed() == NOTED
    found["hub/migrations/0003_new.py"] = "c"
    assert landed.main([]) is None and landed.landed() == found
    assert "1 of them new" in capsys.readouterr().out
    found["hub/migrations/0003_new.py"] = "d"
    assert "0003_new.py was changed" in landed.main([])
    assert landed.landed()["hub/migrations/0003_new.py"] == "c"
    assert landed.main(["--anew"]) is None and landed.landed() == found
