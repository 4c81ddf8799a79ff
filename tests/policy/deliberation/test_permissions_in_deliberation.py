"""Permissions in deliberation: people × actions; held and hidden contributions do not leak."""

import json

import pytest

from policy.deliberation import contributions
from policy.deliberation.account_section import contributions_of, erase_of, export_of
from policy.models import (
    AgendaProposal,
    Complaint,
    Contribution,
    Decision,
    DraftResolutionPage,
    ResolutionPage,
)
from tests.policy.conftest import make_assembly, make_draft
from tests.policy.deliberation.proposals import amend, comment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PEOPLE = ["visitor", "member", "other_member", "editor", "moderator"]
EVERYBODY = set(PEOPLE)
MEMBERS = EVERYBODY - {"visitor"}
RULING = {"reason": "ตกลง", "decided_on": "2026-11-01", "meeting": ""}
VOTE = {"number": "1/1", "adopted_on": "2026-11-10", "adoption": "consensus"}

# action → (address below the draft, posted data, permitted people); ``said`` is the key of a
# comment of ``member``, ``made`` of an amendment of theirs, ``held`` of a held comment.
ACTIONS = {
    "comment": ("p/2/comment/", {"text": "ก"}, MEMBERS),
    "answer": ("p/2/comment/", {"text": "ก", "about": "{said}"}, MEMBERS),
    "amend": ("p/2/amend/", {"change": "reword", "text": "ก", "reason": "ข"}, MEMBERS),
    "support": ("p/2/stance/", {"stance": "support", "text": "ก"}, MEMBERS),
    "object": ("p/2/stance/", {"stance": "object", "text": "ก", "about": "{made}"}, MEMBERS),
    "edit": ("said/{said}/edit/", {"text": "ใหม่"}, {"member"}),
    "withdraw": ("said/{said}/withdraw/", {}, {"member"}),
    "report": ("said/{said}/report/", {"reason": "ก"}, EVERYBODY),
    "decide": ("secretariat/decide/?a={made}", RULING | {"kind": "accept"}, {"moderator"}),
    "split": ("secretariat/split/?p=2", RULING | {"text": "ก\n\nข"}, {"moderator"}),
    "join": ("secretariat/join/?p=2", RULING | {"text": "ก"}, {"moderator"}),
    "hide": ("secretariat/moderate/", {"contribution": "{said}", "what": "hide", "reason": "ก"},
             {"moderator"}),
    "approve": ("secretariat/moderate/", {"contribution": "{held}", "what": "approve"},
                {"moderator"}),
    "adopt": ("secretariat/adopt/", VOTE, {"editor", "moderator"}),
}


@pytest.fixture(scope="module")
def made(world):
    return make_draft(make_assembly(world))


@pytest.fixture
def draft(made):
    return DraftResolutionPage.objects.get(pk=made.pk)


@pytest.fixture
def client_of(request, signed_in, visitor):
    def client(person):
        return visitor if person == "visitor" else signed_in(request.getfixturevalue(person))

    return client


def everything():
    """Everything that an action can change."""
    return (
        list(Contribution.objects.order_by("pk").values_list("pk", "text", "state", "decision")),
        Decision.objects.count(), Complaint.objects.count(), ResolutionPage.objects.count(),
    )


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("what", ACTIONS)
def test_actions_are_limited_to_those_permitted(draft, member, client_of, what, person):
    address, sent, who = ACTIONS[what]
    said = comment(draft, member, "ความเห็น")
    keys = {"said": said.pk}
    if what != "adopt":
        keys["made"] = amend(draft, member, "คำขอแก้").pk
        keys["held"] = comment(draft, member, "รอ", state="held").pk
    before = everything()
    sent = {k: v.format(**keys) for k, v in sent.items()}
    response = client_of(person).post(draft.url + address.format(**keys), sent)
    assert response.status_code < 500
    assert (everything() != before) == (person in who)
    if person not in who:
        assert response.status_code in (302, 403)
        if response.status_code == 302:
            assert "login" in response.url and person == "visitor"


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("page", ["secretariat/", "secretariat/results/"])
def test_pages_of_the_secretariat_are_private(draft, client_of, person, page):
    status = client_of(person).get(draft.url + page).status_code
    assert status == {"visitor": 302, "moderator": 200}.get(person, 403)


@pytest.mark.parametrize("person", PEOPLE)
def test_held_hidden_and_withdrawn_texts_do_not_leak(draft, member, client_of, person):
    """Texts × pages: draft, paragraph, history, register, files, search, feed, calendar."""
    made = [
        comment(draft, member, "ลับรอตรวจ", state="held"),
        amend(draft, member, "ลับคำขอแก้", state="held"),
        comment(draft, member, "ลับถูกซ่อน", state="hidden", hidden_reason="หยาบ"),
        amend(draft, member, "ลับถอนแล้ว", state="withdrawn"),
    ]
    client = client_of(person)
    may = {"member": {"ลับรอตรวจ", "ลับคำขอแก้"}}.get(person, set())
    addresses = [draft.url, f"{draft.url}p/2/", f"{draft.url}p/2/trace/", f"{draft.url}register/",
                 f"{draft.url}register.csv", f"{draft.assembly.url}calendar.ics",
                 "/search/?q=ลับ", "/search/feed/?q=ลับ"]
    addresses += [f"{draft.url}said/{m.pk}/report/" for m in made]
    for address in addresses:
        body = client.get(address, follow=True).content.decode("utf-8", "ignore")
        for one in made:
            if person == "moderator" and one.state != "withdrawn" and "/register" not in address:
                continue
            if one.text not in may:
                assert one.text not in body, (address, one.state)


def test_erasing_a_member_removes_the_name_and_keeps_public_texts(
    draft, member, other_member, moderator, visitor
):
    comment(draft, member, "ที่คนอื่นตอบแล้ว")
    changed = comment(draft, member, "ก่อนแก้")
    contributions.revise(changed, text="หลังแก้")
    comment(draft, member, "รอตรวจอยู่", state="held")
    AgendaProposal.objects.create(page=draft.assembly, author=member, title="ข้อเสนอ", reason="ก")
    held = json.dumps(export_of(member), ensure_ascii=False)
    for said in ("ที่คนอื่นตอบแล้ว", "ก่อนแก้", "หลังแก้", "รอตรวจอยู่", "ข้อเสนอ"):
        assert said in held
    assert contributions_of(member)[0]["title"] == "ข้อเสนอ"
    assert export_of(other_member) == {"contributions": [], "agenda_proposals": [], "reports": []}
    assert "มาลี" in visitor.get(f"{draft.url}p/2/").content.decode()
    erase_of(member)
    body = visitor.get(f"{draft.url}p/2/").content.decode()
    assert "มาลี" not in body and "อดีตสมาชิก" in body and "ที่คนอื่นตอบแล้ว" in body
    assert not Contribution.objects.filter(text="รอตรวจอยู่").exists()
    assert not changed.revisions.exists()
    assert contributions_of(member) == []


def test_deleting_an_account_deletes_no_decision(draft, member, moderator, visitor):
    from tests.policy.deliberation.proposals import accept

    accept(draft, amend(draft, member, "กันเขตห้าไร่"), moderator)
    member.delete()
    moderator.delete()
    assert "กันเขตห้าไร่" in visitor.get(f"{draft.url}register/").content.decode()
    assert "อดีตสมาชิก" in visitor.get(f"{draft.url}p/2/trace/").content.decode()
