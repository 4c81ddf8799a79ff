"""The faults that ``./test --faults`` plants fit the code, and docs/testing.md lists them."""

import re

import pytest

from tests.faults.plant import ROOT, faults


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_a_fault_can_be_planted_and_its_tests_exist(fault):
    planted = fault.planted_in((ROOT / fault.file).read_text("utf-8"))
    assert fault.replace in planted or not fault.replace
    assert fault.tests and all((ROOT / test).exists() for test in fault.tests)


def test_there_are_forty_and_the_document_lists_them():
    names = [fault.name for fault in faults()]
    assert len(names) >= 40 and len(set(names)) == len(names)
    text = (ROOT / "docs/testing.md").read_text("utf-8")
    listed = re.findall(r"^\| (.+?) \| `", text.split("## Planted faults")[1], re.M)
    assert listed == names
