"""How an item stands in a line of the ledger: a rule of dates, told the time."""

from datetime import UTC, date, datetime

from liaison.accounts.viewer import Viewer
from liaison.actions.models import ActionItem
from liaison.actions.showing import lines
from liaison.i18n import Words
from liaison.mechanisms.models import Mechanism

ZH = Words("zh_CN", "Asia/Shanghai")


def test_an_item_is_late_by_the_date_in_the_zone_of_its_own_mechanism() -> None:
    due = date(2026, 11, 23)
    items = [
        ActionItem(id=number, mechanism_id=number, mechanism=Mechanism(timezone=zone, region="CN"), due_on=due)
        for number, zone in enumerate(("Asia/Shanghai", "Europe/London"), 1)
    ]
    past_midnight_in_beijing = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    shown = lines(ZH, Viewer(person_id=1, agency_id=1), items, past_midnight_in_beijing, {})
    assert [one.words for one in shown] == ["逾期1天", "临期，今天到期"]
