"""Pages of workspaces. Sign-in's own are allauth's; what it has and we do not want leads elsewhere."""

from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from tradewind.workspaces.door import before_first_run, open_to_all
from tradewind.workspaces.views import members, profile, settings, start

pages = [
    path("setup/", start.setup, name="setup"),
    path("welcome/", start.welcome, name="welcome"),
    path("join/<str:token>/", start.join, name="join"),
    path("language/", open_to_all(before_first_run(set_language)), name="language"),
    path("profile/", profile.profile, name="profile"),
    path("workspaces/<str:workspace>/choose/", profile.choose_workspace, name="choose"),
    path("settings/", settings.general, name="settings"),
    path("settings/sending/stop/", settings.stop_sending, name="sending_stop"),
    path("settings/sending/resume/", settings.resume_sending, name="sending_resume"),
    path("settings/keys/", settings.api_keys, name="keys"),
    path("settings/keys/<str:key>/revoke/", settings.revoke_key, name="key_revoke"),
    path("settings/audit/", settings.audit_trail, name="audit"),
    path("settings/members/", members.members, name="members"),
    path("settings/members/<str:member>/role/", members.change_role, name="member_role"),
    path("settings/members/<str:member>/remove/", members.remove, name="member_remove"),
    path("settings/invitations/<str:invitation>/withdraw/", members.withdraw, name="invitation_withdraw"),
    path("leave/", members.leave, name="leave"),
]

urlpatterns = [
    path("", include((pages, "workspaces"))),
    path("accounts/email/", RedirectView.as_view(pattern_name="workspaces:profile")),
    path("accounts/", include("allauth.account.urls")),
]
