from django.urls import path

from models_lib.fit import views as fit_views
from models_lib.peer_review import views as peer_review_views
from models_lib.replications import views as replication_views

urlpatterns = [
    path("replications/mine/", replication_views.mine, name="replications_mine"),
    path("replications/photo/<int:pk>/", replication_views.photo, name="replications_photo"),
    path("fit/", fit_views.fit, name="fit"),
    path("peer-review/", peer_review_views.mine, name="peer_reviews_of_mine"),
    path("peer-review/<str:token>/", peer_review_views.review, name="peer_review"),
    path("peer-review/<str:token>/draft/", peer_review_views.draft, name="peer_review_draft"),
    path("peer-review/<str:token>/decline/", peer_review_views.decline,
         name="peer_review_decline"),
]
