from django.urls import path

from search import alert_views, views
from search.feed import feed

urlpatterns = [
    path("", views.results, name="search"),
    path("suggest/", views.suggestions, name="search_suggest"),
    path("feed/", feed, name="search_feed"),
    path("alert/", alert_views.new, name="search_alert"),
    path("alert/asked/", alert_views.asked, name="search_alert_asked"),
    path("alert/confirm/<str:token>/", alert_views.confirm, name="search_alert_confirm"),
    path("alert/stop/<str:token>/", alert_views.stop, name="search_alert_stop"),
]
