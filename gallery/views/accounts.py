"""The first account, signing in and out, and accounts for others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gallery.forms import AccountForm, FirstAccountForm, NewAccountForm
from gallery.models import Switch
from gallery.models.switch import Name
from gallery.services import sharing
from gallery.views.http import Request, for_administrators, tell

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not User.objects.exists():
            return redirect("welcome")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(registration_open=settings.REGISTRATION_OPEN, **kwargs)


class ChangePassword(PasswordChangeView):
    template_name = "registration/password.html"
    success_url = reverse_lazy("start")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password was changed."))
        return super().form_valid(form)


@require_http_methods(["GET", "POST"])
@transaction.atomic
def welcome(request: HttpRequest) -> HttpResponse:
    """Make the first account; there is no such page once an account exists."""
    # Two first visitors take turns on a row that is always there, as there is no user to lock yet.
    ContentType.objects.select_for_update().order_by("pk").first()
    if User.objects.exists():
        return redirect("sign_in")
    return _sign_up(request, FirstAccountForm(request.POST or None), "registration/welcome.html")


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    if not settings.REGISTRATION_OPEN:
        raise Http404
    if not User.objects.exists():
        return redirect("welcome")
    return _sign_up(request, AccountForm(request.POST or None), "registration/register.html")


@for_administrators
@require_http_methods(["GET", "POST"])
def accounts(request: Request) -> HttpResponse:
    """List the accounts and add one, for administrators."""
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        messages.success(request, _("%(name)s can sign in now.") % {"name": user.username})
        return redirect("accounts")
    context = {
        "accounts": User.objects.order_by("username"),
        "form": form,
        "camera_is_on": Switch.objects.is_on(Name.CAMERA),
        "members_are_read": Switch.objects.is_on(Name.MEMBERS),
    }
    return render(request, "registration/accounts.html", context)


@for_administrators
@require_POST
def let_members_read(request: Request) -> HttpResponse:
    """Let members read by which names others sign in, or not, as the form says."""
    is_on = "on" in request.POST
    sharing.let_members_read(is_on=is_on, by=request.user)
    if is_on:
        tell(request, _("Members see each other's names now."))
    else:
        tell(request, _("Members do not see each other's names any more."))
    return redirect("accounts")


@for_administrators
@require_http_methods(["GET", "POST"])
def set_password(request: Request, pk: int) -> HttpResponse:
    """Let an administrator set the password of somebody who forgot theirs."""
    account = get_object_or_404(User, pk=pk)
    form = SetPasswordForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("%(name)s has a new password.") % {"name": account.username})
        return redirect("accounts")
    context = {"account": account, "form": form}
    return render(request, "registration/set_password.html", context)


def _sign_up(request: HttpRequest, form: AccountForm, template: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        login(request, form.save(), backend=BACKEND)
        return redirect("start")
    return render(request, template, {"form": form})
