"""Every table in one import, for the migrations and for whoever needs the whole schema."""

from liaison import audit, site
from liaison.accounts import models as accounts
from liaison.db import Base
from liaison.directory import models as directory
from liaison.mail import models as mail
from liaison.mechanisms import models as mechanisms
from liaison.meetings import models as meetings

metadata = Base.metadata

__all__ = ["accounts", "audit", "directory", "mail", "mechanisms", "meetings", "metadata", "site"]
