"""A small named world that tests share instead of factories: the demo's mechanism with the same people under the same keys,
and around it everybody whose rights differ. All of it is invented.

| who | is, on Monday 2026-11-23 |
|---|---|
| zhoumin, liwb | liaison in office of 区检察院 (lead, host this year's odd turns), 区司法局 |
| qianwei, wuxl | their deputies |
| chenzy, zhenggq | leaders, participants of the member agencies; zhenggq has no mail, his contact is wuxl |
| hanmei | of 区检察院, reads the shared mailbox of office 第五检察部 |
| fanghua, xujie | of 区检察院 and 区司法局: authorising officer and recorder of meetings that name them |
| hejing | agency administrator of 区检察院, no designation |
| gonghui | agency administrator of 区司法局, no designation |
| songhp | liaison of 区民政局 until it left the mechanism on 2025-07-01 |
| sunl | of 区人社局, which is no member |
| maolin | reader of the mechanism during 2026, of 区人社局 |
| guyan | operator of the site, of 区数据局, which is no member |
"""

import pickle
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency, Office, Person
from liaison.mechanisms.models import Agreement, Clause, Designation, HostTurn, Mechanism, Member, Reader
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings.models import Series

LONG_AGO = datetime(2022, 5, 20, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class World:
    """Everybody and everything by name. The rows are detached: ids and plain columns can be read, relationships cannot."""

    jcy: Agency
    sfj: Agency
    rsj: Agency
    mzj: Agency
    sjj: Agency
    wujianbu: Office
    zhoumin: Person
    qianwei: Person
    chenzy: Person
    hanmei: Person
    hejing: Person
    liwb: Person
    wuxl: Person
    zhenggq: Person
    gonghui: Person
    sunl: Person
    maolin: Person
    songhp: Person
    guyan: Person
    fanghua: Person
    xujie: Person
    mechanism: Mechanism
    agreement: Agreement
    clauses: list[Clause]
    series: Series
    members: dict[str, Member]
    """By the agency's attribute name: jcy, sfj, mzj."""
    terms: dict[str, Designation]
    """By the person's attribute name: zhoumin, qianwei, liwb, wuxl, songhp."""

    async def viewer(self, db: Session, person: Person, *, via: str = "web") -> Viewer:
        """The person as today's viewer."""
        viewer = await viewer_for(db, person.id, via=via)
        assert viewer is not None, f"{person.name} is deactivated"
        return viewer


def copied(populated: tuple[Path, bytes], path: Path) -> World:
    """The world as it was made before, a file and what was read of it, in the database at `path`, to which nobody is connected."""
    file, made = populated
    shutil.copyfile(file, path)
    found: World = pickle.loads(made)
    return found


async def build(db: Session) -> World:
    """Put the world into an empty database; the caller's transaction commits it."""
    jcy = Agency(
        short_name="区检察院",
        name="清沚区人民检察院",
        kind="procuratorate",
        mail="jcy@jcy.qingzhi.example",
        sort_order=1,
    )
    sfj = Agency(short_name="区司法局", name="清沚区司法局", mail="sfj@sfj.qingzhi.example", sort_order=2)
    rsj = Agency(short_name="区人社局", name="清沚区人力资源和社会保障局", mail="rsj@rsj.qingzhi.example", sort_order=3)
    mzj = Agency(short_name="区民政局", name="清沚区民政局", mail="mzj@mzj.qingzhi.example", sort_order=4)
    sjj = Agency(short_name="区数据局", name="清沚区数据局", mail=None, sort_order=5)
    await _add(db, jcy, sfj, rsj, mzj, sjj)
    wujianbu = Office(agency_id=jcy.id, name="第五检察部", mail="minjian@jcy.qingzhi.example")
    await _add(db, wujianbu)

    def person(key: str, name: str, agency: Agency, job_title: str, *, mailed: bool = True, **more: object) -> Person:
        domain = agency.mail.rpartition("@")[2] if agency.mail else "qingzhi.example"
        mail = f"{key}@{domain}" if mailed else None
        return Person(key=key, name=name, agency_id=agency.id, job_title=job_title, mail=mail, **more)

    civil = "第五检察部（民事检察）"
    zhoumin = person("zhoumin", "周敏", jcy, "四级检察官助理", department=civil, phone="0553-0000011")
    qianwei = person("qianwei", "钱伟", jcy, "检察官", department=civil, phone="0553-0000012")
    chenzy = person("chenzy", "陈志远", jcy, "副检察长", department="院领导", rank=1)
    hanmei = person("hanmei", "韩梅", jcy, "书记员", mailed=False, office_id=wujianbu.id)
    hejing = person("hejing", "何静", jcy, "办公室主任", agency_admin_at=LONG_AGO)
    liwb = person("liwb", "李文博", sfj, "副主任", department="法律援助中心", phone="0553-0000021")
    wuxl = person("wuxl", "吴晓岚", sfj, "科员", department="公共法律服务管理股", phone="0553-0000022")
    zhenggq = person("zhenggq", "郑国强", sfj, "副局长", mailed=False, department="局领导", rank=1)
    gonghui = person("gonghui", "龚慧", sfj, "办公室副主任", agency_admin_at=LONG_AGO)
    sunl = person("sunl", "孙丽", rsj, "大队长", department="劳动保障监察大队")
    maolin = person("maolin", "毛琳", rsj, "审计员")
    songhp = person("songhp", "宋和平", mzj, "股长", phone="0553-0000041")
    guyan = person("guyan", "顾岩", sjj, "工程师", operator_at=LONG_AGO)
    fanghua = person("fanghua", "方华", jcy, "检察长", department="院领导", rank=0, mailed=False)
    xujie = person("xujie", "徐洁", sfj, "科员", mailed=False)
    people = (zhoumin, qianwei, chenzy, hanmei, hejing, liwb, wuxl, zhenggq, gonghui, sunl, maolin, songhp, guyan)
    await _add(db, *people, fanghua, xujie)
    zhenggq.contact_id = wuxl.id

    mechanism = Mechanism(
        name="清沚区支持起诉与法律援助协作机制",
        short_name="支持起诉协作机制",
        programme="府检联动",
        timezone="Asia/Shanghai",
        region="CN",
        locale="zh_CN",
        mailbox="zhichi@meetings.qingzhi.example",
        lead_agency_id=jcy.id,
        quorum=2,
        deadlines={},
    )
    await _add(db, mechanism)
    agreement = Agreement(
        mechanism_id=mechanism.id,
        title="关于建立支持起诉与法律援助协作机制的意见",
        doc_no="清检会〔2022〕3号",
        signed_on=date(2022, 5, 18),
        effective_on=date(2022, 5, 23),
        review_on=date(2027, 5, 23),
    )
    await _add(db, agreement)
    clauses = [
        Clause(
            agreement_id=agreement.id,
            number=3,
            text="各方每季度召开一次联席会议，共同研究、会商、通报、推进支持起诉和法律援助工作。",
        ),
        Clause(agreement_id=agreement.id, number=4, text="各方指定专人担任联络员，负责日常工作联系和定期沟通。"),
    ]
    joined = date(2022, 5, 18)
    members = {
        "jcy": Member(mechanism_id=mechanism.id, agency_id=jcy.id, joined_on=joined),
        "sfj": Member(mechanism_id=mechanism.id, agency_id=sfj.id, joined_on=joined),
        "mzj": Member(mechanism_id=mechanism.id, agency_id=mzj.id, joined_on=joined, left_on=date(2025, 7, 1)),
    }

    def term(person: Person, role: str, starts_on: date, basis_ref: str, ends_on: date | None = None) -> Designation:
        return Designation(
            mechanism_id=mechanism.id,
            agency_id=person.agency_id,
            person_id=person.id,
            role=role,
            starts_on=starts_on,
            ends_on=ends_on,
            basis_ref=basis_ref,
            may_sign=role != "deputy",
            designated_at=LONG_AGO,
        )

    terms = {
        "zhoumin": term(zhoumin, "principal", date(2022, 5, 23), "清检函〔2022〕6号"),
        "qianwei": term(qianwei, "deputy", date(2024, 3, 1), "清检函〔2024〕2号"),
        "liwb": term(liwb, "principal", date(2022, 5, 23), "清司函〔2022〕11号"),
        "wuxl": term(wuxl, "deputy", date(2025, 1, 6), "清司函〔2025〕1号"),
        "songhp": term(songhp, "principal", date(2022, 5, 23), "清民函〔2022〕8号", ends_on=date(2025, 7, 1)),
    }
    series = Series(
        mechanism_id=mechanism.id,
        name="支持起诉与法律援助工作联席会议",
        rrule="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=3TH",
        starts_on=date(2022, 6, 1),
        start_time=time(14, 30),
        duration_minutes=120,
        roll="following",
        avoid_makeup=True,
        location="区检察院三楼第一会议室",
    )
    await _add(
        db,
        *clauses,
        *members.values(),
        *terms.values(),
        series,
        HostTurn(mechanism_id=mechanism.id, position=1, agency_id=jcy.id),
        HostTurn(mechanism_id=mechanism.id, position=2, agency_id=sfj.id),
        Reader(mechanism_id=mechanism.id, person_id=maolin.id, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1)),
    )
    return World(
        jcy=jcy,
        sfj=sfj,
        rsj=rsj,
        mzj=mzj,
        sjj=sjj,
        wujianbu=wujianbu,
        zhoumin=zhoumin,
        qianwei=qianwei,
        chenzy=chenzy,
        hanmei=hanmei,
        hejing=hejing,
        liwb=liwb,
        wuxl=wuxl,
        zhenggq=zhenggq,
        gonghui=gonghui,
        sunl=sunl,
        maolin=maolin,
        songhp=songhp,
        guyan=guyan,
        fanghua=fanghua,
        xujie=xujie,
        mechanism=mechanism,
        agreement=agreement,
        clauses=clauses,
        series=series,
        members=members,
        terms=terms,
    )


async def _add(db: Session, *rows: object) -> None:
    """Add rows in this order, so that ids are the same in every test, and know their ids."""
    for row in rows:
        db.add(row)
        await db.flush()
