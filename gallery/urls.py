"""Every address of the site."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from gallery.views import accounts, faces, media, people, photos, preferences, progress

urlpatterns = [
    path("", photos.library, name="library"),
    path("photos/page/", photos.photo_page, name="photo_page"),
    path("photos/upload/", photos.upload, name="upload"),
    path("photos/samples/", photos.add_samples, name="add_samples"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("photos/<int:pk>/card/", photos.photo_card, name="photo_card"),
    path("photos/<int:pk>/result/", photos.photo_result, name="photo_result"),
    path("photos/<int:pk>/analyse/", photos.analyse_photo, name="analyse_photo"),
    path("photos/<int:pk>/delete/", photos.delete_photo, name="delete_photo"),
    path("photos/<int:pk>/thumbnail.jpg", media.photo_thumbnail, name="photo_thumbnail"),
    path("photos/<int:pk>/preview.jpg", media.photo_preview, name="photo_preview"),
    path("photos/<int:pk>/annotated.jpg", media.photo_annotated, name="photo_annotated"),
    path("photos/<int:pk>/original", media.photo_original, name="photo_original"),
    path("photos/<int:pk>/result.json", media.photo_json, name="photo_json"),
    path("progress/", progress.progress, name="progress"),
    path("faces/<int:pk>/crop.jpg", media.face_crop, name="face_crop"),
    path("faces/<int:pk>/name/", faces.name_face, name="name_face"),
    path("faces/<int:pk>/confirm/", faces.confirm_face, name="confirm_face"),
    path("faces/<int:pk>/refuse/", faces.refuse_face, name="refuse_face"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/photos/", people.person_photos, name="person_photos"),
    path("people/<int:pk>/portraits/add/", people.add_portrait, name="add_portrait"),
    path("people/<int:pk>/rename/", people.rename_person, name="rename_person"),
    path("people/<int:pk>/delete/", people.delete_person, name="delete_person"),
    path("encodings/<int:pk>/remove/", people.remove_encoding, name="remove_encoding"),
    path("settings/", preferences.settings, name="settings"),
    path("welcome/", accounts.welcome, name="welcome"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/sign-in/", accounts.SignIn.as_view(), name="sign_in"),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign_out"),
    path("accounts/<int:pk>/password/", accounts.set_password, name="set_password"),
    path("accounts/register/", accounts.register, name="register"),
    path("accounts/password/", accounts.ChangePassword.as_view(), name="password"),
    path("api/", include("gallery.api.urls")),
]
