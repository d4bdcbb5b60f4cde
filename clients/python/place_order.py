"""Place an order, and print the addresses of its results once it is delivered.

Its reference is its idempotency key, too: started again within 24 hours, the program waits for the same order.
"""

import argparse
import time

from gql.client import SyncClientSession

from loupe_client.session import connect, found
from operations import PLACE_ORDER, RESULTS, SPECIFICATIONS, PlaceOrderInput, PlaceOrderPlaceOrderOrders


def place(session: SyncClientSession, reference: str, name: str, files: list[str]) -> list[PlaceOrderPlaceOrderOrders]:
    """Place an order by the name of its specification; images beyond the guarantee become an order of their own."""
    listed = found(found(SPECIFICATIONS.ask(session, {})["account"])["specifications"])["nodes"]
    ids = {each["name"]: each["id"] for each in listed}
    if name not in ids:
        raise SystemExit(f'There is no specification "{name}"; there are: {", ".join(ids)}.')
    order: PlaceOrderInput = {
        "name": reference,
        "externalReference": reference,
        "idempotencyKey": reference,
        "specificationId": ids[name],
        "images": [{"filename": file} for file in files],
    }
    placed = PLACE_ORDER.ask(session, {"input": order})["placeOrder"]
    for error in placed["userErrors"]:
        raise SystemExit(f"{error['code']} at {'.'.join(error['path'])}: {error['message']}")
    return found(placed["orders"])


def print_results(session: SyncClientSession, number: int, pause: float) -> None:
    """Wait until an order is delivered or cancelled, and print its results, page by page."""
    after: str | None = None
    more = True
    while more:
        order = found(found(RESULTS.ask(session, {"number": number, "after": after})["account"])["order"])
        if order["status"] == "CANCELLED":
            print(f"Order {number} is cancelled.")
            return
        if order["deliveredAt"] is None:
            time.sleep(pause)
            continue
        images = found(order["images"])
        for image in images["nodes"]:
            print(f"{image['filename']}: {image['resultUrl']}")
        after, more = images["pageInfo"]["endCursor"], images["pageInfo"]["hasNextPage"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", help="your own number of the order")
    parser.add_argument("specification", help="the name of one of the account's specifications")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--pause", type=float, default=5, help="seconds between questions")
    options = parser.parse_args()
    with connect() as session:
        orders = place(session, options.reference, options.specification, options.files)
        for order in orders:
            at, price = order["deadline"]["at"], order["price"]
            due = f"due {at.astimezone(order['account']['timeZone']):%Y-%m-%d %H:%M %Z}" if at else "to be scheduled"
            cost = f"{price['amount']} {price['currency']}"
            print(f"Order {order['number']}: {order['imageCount']} images, {cost}, {due}", flush=True)
        for order in orders:
            print_results(session, order["number"], options.pause)
