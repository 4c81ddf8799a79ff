"""Organisations: their group and members in step by every door, who edits them, who may choose."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.forms import ModelForm
from django.urls import reverse
from django.utils import translation
from wagtail.admin.forms.models import formfield_for_dbfield
from wagtail.users.forms import UserEditForm

from hub import checks
from hub.forms.organisation_fields import OrganisationChoiceField
from hub.models import Contributor, Membership, Organisation
from hub.people import personal_data
from hub.people.organisation_editor import MANAGE_MEMBERS
from tests.conftest import make_user
from tests.factories import LessonPageFactory, SectionPageFactory, organisation

pytestmark = pytest.mark.django_db
PROJECT = ("hub", "lessons", "models_lib", "courses", "policy", "search", "members",
           "demonstration")


@pytest.fixture
def ours(hub):
    return organisation("กลุ่มบ้านเรา", "ours", name_en="Our group")


@pytest.fixture
def person(hub):
    return make_user("person")


def members_by_both(one) -> tuple[set, set]:
    """The members as memberships say, and as the group says."""
    return (
        set(one.memberships.values_list("user", flat=True)),
        set(one.group.user_set.values_list("pk", flat=True)),
    )


# The group


def test_each_organisation_has_a_group_of_its_own(ours):
    editors = Group.objects.get(name="Editors")
    named = Organisation.objects.create(
        name_th="Editors", slug="editors", kind="other", group=editors
    )
    assert named.group != editors and named.group.name == "Editors (editors)"
    named.group = editors
    named.save()
    assert Organisation.objects.get(pk=named.pk).group != editors
    assert not named.group.permissions.exists() and not named.group.page_permissions.exists()


def test_the_group_is_named_after_the_organisation_and_deleted_with_it(ours):
    ours.name_th = "กลุ่มใหม่"
    ours.save()
    group = Group.objects.get(organisation=ours)
    assert group.name == "กลุ่มใหม่ (ours)"
    group.name = "Moderators 2"
    group.save()
    assert Group.objects.get(pk=group.pk).name == "กลุ่มใหม่ (ours)"
    ours.delete()
    assert not Group.objects.filter(pk=group.pk).exists()


def test_a_name_that_a_group_has_already_gets_a_number(hub):
    Group.objects.create(name="กลุ่ม (x)")
    assert organisation("กลุ่ม", "x").group.name == "กลุ่ม (x 2)"
    longest = organisation("ก" * 200, "y" * 50)
    assert len(longest.group.name) <= 150


@pytest.mark.postgresql
def test_the_group_of_an_organisation_is_not_deleted_from_under_it(ours, signed_in, administrator):
    client = signed_in(administrator)
    address = reverse("wagtailusers_groups:delete", args=[ours.group_id])
    assert client.post(address).status_code == 302
    assert Group.objects.filter(pk=ours.group_id).exists()


# Members: every way in which Django lets a user and a group be joined and parted


def _wagtail_form(user, ours):
    groups = [*user.groups.values_list("pk", flat=True), ours.group_id]
    data = {"username": user.username, "email": user.email, "first_name": "x", "last_name": "y",
            "groups": groups, "is_active": "on"}
    form = UserEditForm(data, instance=user)
    assert form.is_valid(), form.errors
    form.save()


JOINING = {
    "a membership": lambda u, o: Membership.objects.create(user=u, organisation=o),
    "memberships in bulk": lambda u, o: Membership.objects.bulk_create(
        [Membership(user=u, organisation=o)]),
    "organisations of the user": lambda u, o: u.organisations.add(o),
    "members of the organisation": lambda u, o: o.members.set([u]),
    "groups of the user": lambda u, o: u.groups.add(o.group),
    "all groups of the user": lambda u, o: u.groups.set([o.group]),
    "users of the group": lambda u, o: o.group.user_set.add(u),
    "all users of the group": lambda u, o: o.group.user_set.set([u]),
    "the editor's form of a user": _wagtail_form,
}
PARTING = {
    "a membership": lambda u, o: Membership.objects.get(user=u, organisation=o).delete(),
    "memberships in bulk": lambda u, o: Membership.objects.filter(user=u, organisation=o).delete(),
    "organisations of the user": lambda u, o: u.organisations.remove(o),
    "no organisations of the user": lambda u, o: u.organisations.clear(),
    "members of the organisation": lambda u, o: o.members.set(o.members.exclude(pk=u.pk)),
    "groups of the user": lambda u, o: u.groups.remove(o.group),
    "other groups of the user": lambda u, o: u.groups.set(Group.objects.filter(name="Editors")),
    "no groups of the user": lambda u, o: u.groups.clear(),
    "users of the group": lambda u, o: o.group.user_set.remove(u),
    "no users of the group": lambda u, o: o.group.user_set.clear(),
    "the user is deleted": lambda u, o: u.delete(),
}


@pytest.mark.postgresql
def test_whoever_joins_or_leaves_does_so_in_the_organisation_and_in_its_group(ours, person):
    theirs = organisation("กลุ่มบ้านโน้น", "theirs")
    neighbour = make_user("neighbour", theirs.group.name)
    before = members_by_both(theirs)
    assert before == ({neighbour.pk}, {neighbour.pk})
    leave = iter([*PARTING.values()][:-1] * 2)
    for name, join in JOINING.items():
        join(person, ours)
        assert members_by_both(ours) == ({person.pk}, {person.pk}), name
        next(leave)(person, ours)
        assert members_by_both(ours) == (set(), set())
        assert members_by_both(theirs) == before, name
    for name, part in PARTING.items():
        Membership.objects.get_or_create(user=person, organisation=ours)
        part(person, ours)
        assert members_by_both(ours) == (set(), set()), name
        assert members_by_both(theirs) == before, name


def test_a_membership_stays_with_its_user_and_organisation(ours, person):
    membership = Membership.objects.create(user=person, organisation=ours)
    other = make_user("other")
    membership.user = other
    with pytest.raises(ValueError):
        membership.save()
    with pytest.raises(ValueError):
        Membership.objects.update(user=other)
    assert members_by_both(ours) == ({person.pk}, {person.pk})
    Membership.objects.update(role="coordinator")
    ours.group.user_set.add(person)  # again
    assert Membership.objects.get().role == "coordinator"


def test_members_export_and_erase_their_memberships(ours, person):
    Membership.objects.create(user=person, organisation=ours, role="coordinator")
    (exported,) = personal_data.export_of(person)["organisations"]
    assert exported["organisation"] == "กลุ่มบ้านเรา" and exported["role"] == "coordinator"
    personal_data.erase(person)
    assert members_by_both(ours) == (set(), set())


# The editor


def organisation_data(one=None, **changed):
    values = {"name_th": "กลุ่มบ้านเรา", "name_en": "Our group", "slug": "ours",
              "kind": "community", "area": "", "description": "", "website": "", "is_active": "on",
              "member_names": "", "coordinator_names": ""}
    return values | changed


def edit_address(one):
    return reverse("wagtailsnippets_hub_organisation:edit", args=[one.pk])


def test_moderators_edit_organisations_and_editors_do_not(ours, editor, moderator, signed_in):
    add = reverse("wagtailsnippets_hub_organisation:add")
    new = organisation_data(name_th="ใหม่", slug="new")
    assert signed_in(editor).post(add, new).status_code == 302  # to the home page
    assert not Organisation.objects.filter(slug="new").exists()
    assert not editor.has_perm("hub.change_organisation")
    assert signed_in(moderator).post(add, new).status_code == 302
    assert Organisation.objects.get(slug="new").group.name == "ใหม่ (new)"
    listed = signed_in(moderator).get(reverse("wagtailsnippets_hub_organisation:list"))
    assert "กลุ่มบ้านเรา" in listed.content.decode()
    wrong = signed_in(moderator).post(add, organisation_data(name_th="", slug="ours", kind="x"))
    assert wrong.status_code == 200
    assert {"name_th", "slug", "kind"} == set(wrong.context["form"].errors)


def test_only_those_who_may_change_memberships_set_members(
    ours, person, moderator, administrator, signed_in
):
    """Members read what their organisation keeps to itself; moderators do not."""
    assert not moderator.has_perm(MANAGE_MEMBERS)
    client = signed_in(moderator)
    assert "member_names" not in client.get(edit_address(ours)).content.decode()
    data = organisation_data(member_names=f"person\n{moderator.username}")
    assert client.post(edit_address(ours), data).status_code == 302
    assert not ours.memberships.exists()
    client = signed_in(administrator)
    data = organisation_data(member_names="person\nnobody")
    answer = client.post(edit_address(ours), data)
    assert "ไม่มีผู้ใช้ชื่อ nobody" in answer.content.decode()
    assert "person\nnobody" in answer.content.decode()  # what was typed is still there
    data = organisation_data(member_names="person", coordinator_names="PERSON@example.org")
    assert client.post(edit_address(ours), data).status_code == 302
    assert [m.role for m in ours.memberships.all()] == ["coordinator"]
    assert members_by_both(ours) == ({person.pk}, {person.pk})
    assert client.get(edit_address(ours)).context["form"]["coordinator_names"].value()
    moderator.user_permissions.add(Permission.objects.get(codename="change_membership"))
    client = signed_in(type(moderator).objects.get(pk=moderator.pk))
    assert client.post(edit_address(ours), organisation_data()).status_code == 302
    assert members_by_both(ours) == (set(), set())


@pytest.mark.postgresql
def test_an_organisation_that_is_referred_to_is_not_deleted(ours, administrator, signed_in):
    LessonPageFactory(openness="private", organisation=ours, parent=SectionPageFactory())
    client = signed_in(administrator)
    address = reverse("wagtailsnippets_hub_organisation:delete", args=[ours.pk])
    bulk = reverse("wagtail_bulk_action", args=["hub", "organisation", "delete"])
    for where in (address, f"{bulk}?id={ours.pk}"):
        assert client.post(where).status_code == 302
        assert Organisation.objects.filter(pk=ours.pk).exists(), where
    unused = organisation("ไม่มีใครใช้", "unused")
    assert client.post(f"{bulk}?id={unused.pk}").status_code == 302
    assert not Group.objects.filter(pk=unused.group_id).exists()


def test_names_are_shown_in_the_readers_language(ours):
    nameless = organisation("กลุ่มไทย", "thai-only")
    with translation.override("en"):
        assert (str(ours), str(nameless)) == ("Our group", "กลุ่มไทย")
    with translation.override("th"):
        assert str(ours) == "กลุ่มบ้านเรา"


# What points to organisations


def relations_to(model):
    """Every relation of the project's models to ``model``, as ``Model.field``."""
    return {
        f"{m.__name__}.{f.name}": f for app in PROJECT
        for m in apps.get_app_config(app).get_models() for f in m._meta.get_fields()
        if f.concrete and f.related_model is model and f.model is m
    }


def test_what_is_called_an_organisation_is_one():
    assert checks.organisations_are_chosen_from_one_list(None) == []
    assert {
        "Contributor.organisation", "Enrolment.organisation", "Member.organisation",
        "Party.organisation", "LessonPage.organisation", "PrivateCollection.organisation",
        "Membership.organisation",
    } == set(relations_to(Organisation))
    # Roles are groups; nothing but an organisation and Wagtail's tasks points to a group.
    assert set(relations_to(Group)) == {"Organisation.group", "PeerReviewTask.groups"}


def test_a_field_that_only_seems_to_be_an_organisation_is_an_error(monkeypatch):
    field = Contributor._meta.get_field("role")
    monkeypatch.setattr(field, "name", "organisation_name")
    found = checks.organisations_are_chosen_from_one_list(None)
    assert [error.id for error in found] == ["hub.E008"]


@pytest.mark.parametrize("name", sorted({
    "Contributor.organisation", "Enrolment.organisation", "Member.organisation",
    "Party.organisation", "LessonPage.organisation",
}))
def test_every_form_takes_active_organisations_and_the_one_that_stands_there(ours, name):
    closed = organisation("กลุ่มเก่า", "closed", is_active=False)
    field = relations_to(Organisation)[name]

    class Form(ModelForm):
        class Meta:
            model = field.model
            fields = [field.name, *(f.name for f in field.model._meta.fields if f.name == "name")]

    def problems(value, stored=None):
        form = Form({field.name: value}, instance=field.model(**{field.attname: stored}))
        return field.name in form.errors

    assert isinstance(field.formfield(), OrganisationChoiceField)
    assert not problems(ours.pk)
    assert problems(closed.pk) and not problems(closed.pk, stored=closed.pk)
    assert problems("0") and problems("x\0") and problems(str(10**30))
    assert problems(Group.objects.get(name="Moderators").pk + 10**6)


def test_the_chooser_offers_active_organisations(ours, editor, signed_in):
    organisation("กลุ่มเก่า", "closed", is_active=False)
    field = formfield_for_dbfield(Contributor._meta.get_field("organisation"))
    shown = signed_in(editor).get(field.widget.get_chooser_modal_url()).json()["html"]
    assert "กลุ่มบ้านเรา" in shown and "กลุ่มเก่า" not in shown


def test_a_contributor_is_a_person_an_organisation_or_both(ours, visitor):
    page = LessonPageFactory(parent=SectionPageFactory())
    for n, fields in enumerate((
        {"organisation": ours, "role": "ผู้จัด"}, {"name": "สมศรี", "organisation": ours},
        {"name": "สมชาย", "other_organisation": "กลุ่มข้างบ้าน"}, {"other_organisation": "ชมรมอื่น"},
    )):
        one = Contributor(page=page, sort_order=n, **fields)
        one.full_clean()
        page.contributors.add(one)
    page.save_revision().publish()
    body = visitor.get(page.url).content.decode()
    for text in ("<dd>กลุ่มบ้านเรา, ผู้จัด</dd>", '<dd>สมศรี <span class="soft">กลุ่มบ้านเรา</span></dd>',
                 '<dd>สมชาย <span class="soft">กลุ่มข้างบ้าน</span></dd>', "<dd>ชมรมอื่น</dd>"):
        assert text in body, text
    ours.name_th = "กลุ่มชื่อใหม่"
    ours.save()
    body = visitor.get(page.url).content.decode()
    assert "กลุ่มชื่อใหม่" in body and "กลุ่มบ้านเรา" not in body
    with pytest.raises(ValidationError) as refused:
        Contributor(page=page, role="ผู้จัด").full_clean()
    assert list(refused.value.message_dict) == ["name"]


def test_reference_data_lets_moderators_edit_organisations(hub):
    call_command("load_reference", verbosity=0)
    may = {
        name: set(Group.objects.get(name=name).permissions.filter(
            content_type__model__in=["organisation", "membership"]
        ).values_list("codename", flat=True))
        for name in ("Editors", "Moderators")
    }
    assert may == {"Editors": set(), "Moderators": {
        f"{action}_organisation" for action in ("add", "change", "delete", "view")}}
