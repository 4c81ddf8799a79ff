"""Hooks into the base layer: personal data and the job that deletes unconfirmed accounts."""

from wagtail import hooks

from hub.jobs.scheduler import AN_HOUR, every
from hub.people.personal_data import PersonalData
from members import account, schedule

hooks.register("register_personal_data", lambda: PersonalData("account", account.export))
hooks.register("register_personal_data", lambda: PersonalData("pages", account.pages_of))
hooks.register("register_job", every(AN_HOUR, schedule.delete_unconfirmed))
