"""What programs and mailed links send of a sign-off, for every text that agencies sign."""

from datetime import date

from liaison.countersigning.models import PAPER
from liaison.countersigning.signing import OnPaper
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.meetings.replies import Registered
from liaison.web.api import Body, RegisteredGiven, body
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest

CHOOSE = N_("Please choose one: agree, or ask for changes.")
NOT_YOURS = N_("You no longer sign for this agency.")
ITS_OWN = N_("Your agency has a liaison by now, who signs for it.")
REPLACED = N_(
    "Version %(old)s, which this link was for, was replaced: version %(new)s was mailed on %(day)s, with a link of its own."
)
BEING_CHANGED = N_(
    "The text that this link was for is being changed. You will be mailed the new version, with a link of its own."
)


class CirculateGiven(Body):
    due_on: date | None = None


class SignGiven(Body):
    root: str
    text: str | None = None


class ChangesGiven(Body):
    root: str
    text: str
    section_key: str | None = None


class RegisterGiven(Body):
    """What an agency said on paper (`leader`, `signed_on`) or another way (`registered`, with `state` agreed or changes_requested)."""

    root: str
    agency_id: str
    state: str = PAPER
    leader: str | None = None
    signed_on: date | None = None
    registered: RegisteredGiven | None = None
    text: str | None = None

    @property
    def on_paper(self) -> OnPaper | None:
        """As the verb takes it."""
        return OnPaper(self.leader or "", self.signed_on) if self.state == PAPER else None

    @property
    def told(self) -> Registered | None:
        """As the verb takes it."""
        said = self.registered
        return Registered(said.how, said.said_by, said.at) if said is not None else None


class ExcuseGiven(Body):
    agency_id: str
    reason: str = ""
    taken_back: bool = False


class LinkGiven(Body):
    """What a program says for the agency that a link was mailed to: {"root", "agree": true, "text"?} or {"root", "changes": text}."""

    root: str
    agree: bool = False
    text: str | None = None
    changes: str | None = None


async def said_by_link(request: AnyRequest) -> tuple[Form, bool]:
    """What was said by a mailed link, and whether a program says it. Raises Invalid (agree)."""
    if request.content_type[0] != "application/json":
        return await Form.read(request), False
    given = body(await request.body(), LinkGiven)
    if given.agree == (given.changes is not None):
        raise Invalid({"agree": CHOOSE})
    act = "agree" if given.agree else "changes"
    return Form.of(root=given.root, act=act, text=given.text if given.agree else given.changes), True
