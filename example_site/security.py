"""A strict content security policy for the market's own pages: nothing inline, nothing from other hosts.

Oscar's dashboard, Django's admin and Wagtail's bring inline scripts of their own, so they are left out.
"""

from django.conf import settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: A preview may be shown in a frame of Wagtail's editor.
FRAMES = ("frame-ancestors 'none'", "frame-ancestors 'self'")
#: Where the button to pay leads, by provider: browsers hold a form to its policy through redirects, too.
PAYMENT_PAGES = {
    "mercadopago": " ".join(
        f"https://*.mercadopago.{each}" for each in ("cl", "com.ar", "com.br", "com.co", "com.mx", "com.pe", "com.uy")
    ),
    "stripe": "https://checkout.stripe.com https://payments.stripe.com",
}
LEFT_OUT = ("/dashboard/", "/admin/", "/oscar/", "/cms/")


class StrictContentSecurityPolicy:
    def __init__(self, get_response):
        self.get_response = get_response
        ways_to_pay = settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS
        pages = " ".join(page for provider, page in PAYMENT_PAGES.items() if provider in ways_to_pay)
        self.policy = POLICY.replace("form-action 'self'", f"form-action 'self' {pages}".rstrip())

    def __call__(self, request):
        response = self.get_response(request)
        if not request.path.startswith(LEFT_OUT):
            # Wagtail's editor shows a page's preview in a frame of its own; it is fetched as if it were the page.
            is_preview = getattr(request, "is_dummy", False)
            response.headers.setdefault(
                "Content-Security-Policy", self.policy.replace(*FRAMES) if is_preview else self.policy
            )
        return response
