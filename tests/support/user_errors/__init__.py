"""User errors in tests: cases that make each field answer each code that it declares, with the facts of the error.

cases           the cases by field and code, and the scene in which they are made
every           cases of the codes that every mutation declares
placing         cases of placing orders
expedites       cases of expediting images, most of them of quotes, too
orders          cases of completing and cancelling orders, and of their deadlines
images          cases of claiming, delivering and rejecting images
operations      cases of recording operations
specifications  cases of specifications and of retouching steps
accounts        cases of the terms, the plan and the time zone of an account
inquiries       cases of inquiries
quotes          cases of quotes alone
"""

from tests.support.user_errors import (
    accounts,
    expedites,
    images,
    inquiries,
    operations,
    orders,
    placing,
    quotes,
    specifications,
)
from tests.support.user_errors.cases import CASES, Case, Refused, Scene, subject_of
from tests.support.user_errors.every import EACH

WITH_CASES = (placing, expedites, orders, images, operations, specifications, accounts, inquiries, quotes)
"""The modules whose import registers their cases."""

__all__ = ["CASES", "EACH", "WITH_CASES", "Case", "Refused", "Scene", "subject_of"]
