"""Pages of workspaces; sign-in's pages are allauth's, those of them that we want."""

from allauth.account import views as signin
from allauth.mfa.base import views as codes
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from tradewind.workspaces.views import keys, members, passwords, profile, settings, sign_in, start

workspace_pages = [
    path("setup/", start.setup, name="setup"),
    path("welcome/", start.welcome, name="welcome"),
    path("join/<str:token>/", start.join, name="join"),
    path("workspaces/switch/", profile.switch, name="switch"),
    path("leave/", members.leave, name="leave"),
]

settings_pages = [
    path("", settings.index, name="index"),
    path("profile/", profile.profile, name="profile"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/others/end/", sign_in.end_others, name="devices_end"),
    path("sign-in/<str:device>/end/", sign_in.end_device, name="device_end"),
    path("sending/stop/", settings.stop_sending, name="sending_stop"),
    path("sending/resume/", settings.resume_sending, name="sending_resume"),
    path("keys/", keys.api_keys, name="keys"),
    path("keys/<str:key>/revoke/", keys.revoke, name="key_revoke"),
    path("audit.csv", settings.audit_export, name="audit_export"),
    path("audit/", settings.audit_trail, name="audit"),
    path("members/", members.members, name="members"),
    path("members/<str:member>/role/", members.change_role, name="member_role"),
    path("members/<str:member>/remove/", members.remove, name="member_remove"),
    path("invitations/<str:invitation>/renew/", members.renew, name="invitation_renew"),
    path("invitations/<str:invitation>/withdraw/", members.withdraw, name="invitation_withdraw"),
]

# allauth asks for all these names. Its mail address pages are not ours: an address is part of the invitation.
account_pages = [
    path("login/", signin.login, name="account_login"),
    path("logout/", signin.logout, name="account_logout"),
    path("inactive/", signin.account_inactive, name="account_inactive"),
    path("reauthenticate/", signin.reauthenticate, name="account_reauthenticate"),
    path("signup/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("email/", RedirectView.as_view(pattern_name="settings:profile"), name="account_email"),
    path("password/change/", signin.password_change, name="account_change_password"),
    path("password/set/", RedirectView.as_view(pattern_name="settings:profile"), name="account_set_password"),
    path("password/reset/", passwords.reset, name="account_reset_password"),
    path("password/reset/done/", signin.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        signin.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", signin.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

to_sign_in = RedirectView.as_view(pattern_name="settings:sign_in")
second_factor_pages = [
    path("", to_sign_in, name="mfa_index"),
    path("authenticate/", codes.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", codes.reauthenticate, name="mfa_reauthenticate"),
    path("app/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", sign_in.recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/renew/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/", to_sign_in, name="mfa_list_webauthn"),
    path("passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/sign-in/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
]

urlpatterns = [
    path("", include((workspace_pages, "workspaces"))),
    path("settings/", include((settings_pages, "settings"))),
    path("accounts/", include(account_pages)),
    path("accounts/two-factors/", include(second_factor_pages)),
    path("language/", profile.choose_language, name="set_language"),
]
