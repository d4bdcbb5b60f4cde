"""Cases of the terms, the plan and the time zone of an account."""

from api.ids import NodeType
from engine.ids import numbered
from tests.support.mutations import done
from tests.support.user_errors.cases import Refused, Scene, case


@case("INVALID", "negotiateSla")
async def terms_of_the_running_day(scene: Scene) -> Refused:
    values = {"accountId": scene.shop.account, "imagesPerDay": 1, "effectiveDate": "2026-03-10"}
    return Refused(values, ["effectiveDate"], {"earliestDate": "2026-03-11"})


@case("INVALID", "changePlan")
async def a_plan_of_the_running_day(scene: Scene) -> Refused:
    values = {"accountId": scene.shop.account, "plan": "SOLO", "effectiveDate": "2026-03-10"}
    return Refused(values, ["effectiveDate"], {"earliestDate": "2026-03-11"})


@case("INVALID", "withdrawSla")
async def terms_that_begin_a_plan(scene: Scene) -> Refused:
    values = {"accountId": scene.shop.account, "plan": "SOLO", "effectiveDate": "2026-03-12"}
    await done(scene.staff, "changePlan", **values)
    return Refused({"slaId": str(numbered(NodeType.SLA, scene.shop.studio.id, 2))}, ["slaId"], {})


@case("INVALID", "withdrawSla")
async def terms_in_force(scene: Scene) -> Refused:
    sla = str(numbered(NodeType.SLA, scene.shop.studio.id, 1))
    return Refused({"slaId": sla}, ["slaId"], {})


@case("INVALID", "changeTimeZone")
async def a_second_change_of_the_time_zone(scene: Scene) -> Refused:
    await done(scene.shop.client, "changeTimeZone", timeZone="UTC")
    return Refused({"timeZone": "Asia/Tokyo"}, ["timeZone"], {"earliest": "2026-04-09T12:00:00Z"})
