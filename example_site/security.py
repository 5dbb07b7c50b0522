"""A strict content security policy for the market's own pages: nothing inline, nothing from other hosts.

Oscar's dashboard, Django's admin and Wagtail's bring inline scripts of their own, so they are left out.
"""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PREVIEW_POLICY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
LEFT_OUT = ("/dashboard/", "/admin/", "/oscar/", "/cms/")


class StrictContentSecurityPolicy:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.path.startswith(LEFT_OUT):
            # Wagtail's editor shows a page's preview in a frame of its own; it is fetched as if it were the page.
            is_preview = getattr(request, "is_dummy", False)
            response.headers.setdefault("Content-Security-Policy", PREVIEW_POLICY if is_preview else POLICY)
        return response
