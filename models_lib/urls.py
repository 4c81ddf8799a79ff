from django.urls import path

from models_lib import fit_views, peer_review_views, report_views

urlpatterns = [
    path("replications/mine/", report_views.mine, name="replications_mine"),
    path("replications/photo/<int:pk>/", report_views.photo, name="replications_photo"),
    path("fit/", fit_views.fit, name="fit"),
    path("peer-review/", peer_review_views.mine, name="peer_reviews_of_mine"),
    path("peer-review/<str:token>/", peer_review_views.review, name="peer_review"),
    path("peer-review/<str:token>/draft/", peer_review_views.draft, name="peer_review_draft"),
    path("peer-review/<str:token>/decline/", peer_review_views.decline,
         name="peer_review_decline"),
]
