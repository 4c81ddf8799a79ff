"""What the templates of deliberation need: names of people, words that differ."""

from django import template

from policy.taking_part import name_of

register = template.Library()
register.filter("member_name", name_of)
