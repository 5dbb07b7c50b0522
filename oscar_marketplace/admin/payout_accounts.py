"""The accounts that payees are paid to: written down, never shown."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from oscar_marketplace.admin.acts import city
from oscar_marketplace.admin.read_only import timeline
from oscar_marketplace.payouts.account_numbers import BIC, kind_of_number, plain_number
from oscar_marketplace.payouts.accounts import set_account
from oscar_marketplace.payouts.models import PayoutAccount


class AccountForm(forms.ModelForm):
    """A new account for a payee. What stands there is never shown; whoever changes it gives their own password."""

    number = forms.CharField(
        label=_("CLABE or IBAN"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
    )
    holder = forms.CharField(label=_("holder, as the bank knows them"), max_length=70)
    bic = forms.CharField(label=_("BIC (only abroad)"), max_length=11, required=False)
    password = forms.CharField(
        label=_("your own password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("You are asked again because whoever changes an account decides where the money goes."),
    )

    class Meta:
        model = PayoutAccount
        fields = ["payee"]

    def clean_number(self) -> str:
        number = plain_number(self.cleaned_data["number"])
        kind_of_number(number)
        return number

    def clean_bic(self) -> str:
        bic = plain_number(self.cleaned_data["bic"])
        if bic and not BIC.fullmatch(bic):
            raise ValidationError(gettext("A BIC has 8 or 11 signs."), code="bad_bic")
        return bic

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise ValidationError(gettext("This is not your password. Nothing was changed."), code="wrong_password")
        return ""


@admin.register(PayoutAccount)
class PayoutAccountAdmin(admin.ModelAdmin):
    """Accounts show their last four signs. There is no way back to the rest but the file for the bank."""

    form = AccountForm
    list_display = ["payee", "kind", "masked", "changed_at", "held_until"]
    list_filter = ["kind", "payee__operator"]
    list_select_related = ["payee"]
    search_fields = ["payee__name"]
    autocomplete_fields = ["payee"]
    readonly_fields = ["masked", "changed_at", "changed_by", "held_until", "history"]

    @method_decorator(sensitive_post_parameters("number", "holder", "bic", "password"))
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_fields(self, request, obj=None):
        now = ["payee", "masked", "changed_at", "changed_by", "held_until", "history"] if obj else ["payee"]
        asked = ["number", "holder", "bic", "password"]
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [*now, *asked] if may else now

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "payee"] if obj else self.readonly_fields

    def get_form(self, request, obj=None, change=False, **kwargs):
        if not self.has_change_permission(request, obj) and obj:
            return super().get_form(request, obj, change=change, **{**kwargs, "form": forms.ModelForm})
        form = super().get_form(request, obj, change=change, **kwargs)
        # The form class is made anew for each request.
        form.user = request.user
        return form

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def save_model(self, request, obj, form, change):
        answers = form.cleaned_data
        row = set_account(
            obj.payee, number=answers["number"], holder=answers["holder"], bic=answers["bic"], by=city(request)
        )
        obj.pk, obj._state.adding = row.pk, False

    @admin.display(description=_("account"))
    def masked(self, account: PayoutAccount) -> str:
        return account.masked

    @admin.display(description=_("history"))
    def history(self, account: PayoutAccount) -> str:
        return timeline([account.payee])
