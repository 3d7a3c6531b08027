from django.urls import path

from gallery.api import views

urlpatterns = [
    path("photos/", views.PhotoList.as_view(), name="api_photos"),
    path("photos/known/", views.PhotosKnown.as_view(), name="api_known_photos"),
    path("photos/<int:pk>/", views.PhotoDetail.as_view(), name="api_photo"),
    path("photos/<int:pk>/analyse/", views.PhotoAnalyse.as_view(), name="api_analyse_photo"),
    path("faces/<int:pk>/name/", views.FaceName.as_view(), name="api_name_face"),
    path("faces/<int:pk>/emotion/", views.FaceEmotion.as_view(), name="api_say_emotion"),
    path("people/", views.PersonList.as_view(), name="api_people"),
    path("people/<int:pk>/faces/", views.PersonFaces.as_view(), name="api_answer_faces"),
    path("people/<int:pk>/born/", views.PersonBirth.as_view(), name="api_say_birth"),
    path("progress/", views.ProgressDetail.as_view(), name="api_progress"),
]
