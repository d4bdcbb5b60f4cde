"""The loaders of a request, one for each statement that reads.

A loader of lists takes a parent and a question; parents with the same question share a statement. A loader over all
accounts takes the question alone.
"""

from db.queries.account_lists import all_accounts, count_all_accounts
from db.queries.accounts import account_histories, accounts_by_id
from db.queries.all_events import all_events, count_all_events
from db.queries.all_orders import all_orders, count_all_orders
from db.queries.drilldowns import drill_down
from db.queries.event_lists import count_events_of_accounts, events_of_accounts
from db.queries.events import count_events_of_orders, events_by_sequence, events_of_orders
from db.queries.images import count_images_of_orders, images_by_id, images_of_orders
from db.queries.import_runs import ended_imports
from db.queries.inquiries import (
    all_inquiries,
    count_all_inquiries,
    count_inquiries_of_accounts,
    due_inquiries,
    inquiries_by_id,
    inquiries_of_accounts,
)
from db.queries.job_runs import count_job_runs, job_runs, job_runs_by_id
from db.queries.ledger import allowances
from db.queries.operations import completed_steps, measured_steps, steps_completed_in_orders
from db.queries.order_pages import count_orders, orders_of_accounts
from db.queries.orders import (
    count_orders_awaiting_deadline,
    orders_awaiting_deadline,
    orders_by_id,
    orders_by_number,
    orders_by_reference,
    orders_split_from,
)
from db.queries.pulse import pulse_figures
from db.queries.queue import count_images_at_risk, count_production_queue, images_at_risk, production_queue
from db.queries.rejections import rejections_by_id, rejections_of_images
from db.queries.retouching_steps import (
    count_retouching_steps,
    retouching_steps,
    retouching_steps_by_id,
    specification_counts_of_steps,
)
from db.queries.snapshots import count_snapshots, snapshots_by_id, snapshots_of_accounts
from db.queries.specifications import (
    count_specifications,
    currencies_of_versions,
    specifications_by_id,
    specifications_of_accounts,
)
from db.queries.streak import streaks
from engine.loaders import LoaderSet, by_arguments, by_key, by_parent, in_order


class Loaders(LoaderSet):
    """The loaders of one request, each made at its first use."""

    accounts = by_key(accounts_by_id)
    all_accounts = by_arguments(all_accounts)
    all_accounts_count = by_arguments(count_all_accounts)
    histories = by_key(account_histories)
    figures = in_order(pulse_figures)
    streaks = in_order(streaks)
    allowances = by_key(allowances)
    orders = by_key(orders_by_id)
    orders_by_number = by_key(orders_by_number)
    orders_by_reference = by_key(orders_by_reference)
    orders_split_from = by_key(orders_split_from)
    orders_awaiting_deadline = by_arguments(orders_awaiting_deadline)
    awaiting_count = by_arguments(count_orders_awaiting_deadline)
    all_orders = by_arguments(all_orders)
    all_orders_count = by_arguments(count_all_orders)
    orders_of_accounts = by_parent(orders_of_accounts)
    order_counts = by_parent(count_orders)
    images = by_key(images_by_id)
    images_of_orders = by_parent(images_of_orders)
    image_counts = by_parent(count_images_of_orders)
    completed_steps = by_key(completed_steps)
    steps_completed_in_orders = by_key(steps_completed_in_orders)
    production_queue = by_arguments(production_queue)
    queue_count = by_arguments(count_production_queue)
    images_at_risk = by_arguments(images_at_risk)
    at_risk_count = by_arguments(count_images_at_risk)
    drilldowns = by_parent(drill_down)
    rejections = by_key(rejections_by_id)
    rejections_of_images = by_key(rejections_of_images)
    specifications = by_key(specifications_by_id)
    specifications_of_accounts = by_parent(specifications_of_accounts)
    specification_counts = by_parent(count_specifications)
    currencies_of_versions = by_key(currencies_of_versions)
    retouching_steps = by_arguments(retouching_steps)
    retouching_steps_by_id = by_key(retouching_steps_by_id)
    retouching_step_count = by_arguments(count_retouching_steps)
    specification_counts_of_steps = by_key(specification_counts_of_steps)
    inquiries = by_key(inquiries_by_id)
    inquiries_of_accounts = by_parent(inquiries_of_accounts)
    due_inquiries = by_parent(due_inquiries)
    inquiry_counts = by_parent(count_inquiries_of_accounts)
    all_inquiries = by_arguments(all_inquiries)
    all_inquiries_count = by_arguments(count_all_inquiries)
    measured_steps = by_parent(measured_steps)
    ended_imports = by_key(ended_imports)
    events = by_key(events_by_sequence)
    events_of_orders = by_parent(events_of_orders)
    event_counts = by_parent(count_events_of_orders)
    events_of_accounts = by_parent(events_of_accounts)
    account_event_counts = by_parent(count_events_of_accounts)
    all_events = by_arguments(all_events)
    all_events_count = by_arguments(count_all_events)
    snapshots = by_key(snapshots_by_id)
    snapshots_of_accounts = by_parent(snapshots_of_accounts)
    snapshot_counts = by_parent(count_snapshots)
    job_runs_by_id = by_key(job_runs_by_id)
    job_runs = by_arguments(job_runs)
    job_run_count = by_arguments(count_job_runs)
