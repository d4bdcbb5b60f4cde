"""The demo says which of its clients have the dashboard."""

from app.demo.access import dashboards
from app.demo.folder import Client
from app.demo.studios import STUDIOS

CLIENTS = [Client(studio.ref, studio.name, studio.plan, studio.time_zone, "loupe_token") for studio in STUDIOS]


def test_plans_with_the_dashboard_are_named_and_the_client_whom_staff_let_in() -> None:
    plans = {"PROFESSIONAL", "ENTERPRISE"}
    assert dashboards(CLIENTS, plans) == "ENTERPRISE, PROFESSIONAL and Atelier Baixa (SOLO)"
    assert dashboards(CLIENTS[:2], plans) == "ENTERPRISE and PROFESSIONAL"
    assert dashboards(CLIENTS, plans | {"SOLO"}) == "ENTERPRISE, PROFESSIONAL and SOLO"
    assert dashboards(CLIENTS[:2], ()) == "none of them"
