"""A browser window as one person has it: its size, language and colours; it writes down what it must not do."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse

#: Everything a browser does by itself on the net is off; names other than this machine's lead nowhere.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
HERE = "127.0.0.1"
#: Tells Python of every breach of the page's content security policy, also of those the console keeps quiet.
LISTEN = "document.addEventListener('securitypolicyviolation', breach => window.tellBreach(breach.violatedDirective))"


@dataclass
class Window:
    """``foreign``: requests to other machines; ``breaches``: of the content security policy; ``noises``: the console's
    errors; ``policies``: the policy that each document came with, by its path; ``broken``: documents that failed.
    """

    page: object
    base_url: str
    foreign: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    noises: list[str] = field(default_factory=list)
    policies: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def open(self, name: str, *args) -> None:
        """Go to a page by its path, or by the name of its address and its arguments."""
        path = name if name.startswith("/") else reverse(name, args=args)
        self.page.goto(self.base_url + path)

    def press(self, selector: str) -> None:
        """Click, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def sign_in(self, user) -> None:
        """As after signing in, without going through the form."""
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        morsel = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies([{"name": morsel.key, "value": morsel.value, "url": self.base_url}])

    def sign_out(self) -> None:
        self.page.context.clear_cookies()


def open_window(browser, base_url: str, *, language="es-MX", scheme="light", width=360, height=740, java_script=True):
    """A new window with nothing remembered; watched from its first request on."""
    context = browser.new_context(
        locale=language,
        color_scheme=scheme,
        viewport={"width": width, "height": height},
        java_script_enabled=java_script,
        reduced_motion="reduce",
    )
    window = Window(context.new_page(), base_url)
    context.on("request", lambda request: _note_foreign(window, request.url))
    window.page.on("response", lambda response: _note_document(window, response))
    window.page.on("console", lambda said: said.type == "error" and window.noises.append(said.text))
    if java_script:
        context.expose_binding("tellBreach", lambda _source, directive: window.breaches.append(directive))
        context.add_init_script(LISTEN)
    return window


def _note_foreign(window: Window, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != HERE:
        window.foreign.append(url)


def _note_document(window: Window, response) -> None:
    if response.request.is_navigation_request() and not 300 <= response.status < 400:
        if response.status >= 500:
            window.broken.append(response.url)
        window.policies[urlsplit(response.url).path] = response.headers.get("content-security-policy", "")
