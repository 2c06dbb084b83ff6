"""Notices, referrals and the contact log for programs."""

from litestar import Router

from liaison.notices.api.contact_log import handlers as contact_handlers
from liaison.notices.api.notices import handlers as notice_handlers
from liaison.notices.api.past import handlers as past_handlers
from liaison.notices.api.referrals import handlers as referral_handlers

api = Router("/", route_handlers=[*notice_handlers, *referral_handlers, *past_handlers, *contact_handlers])
