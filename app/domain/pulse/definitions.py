"""The definition of each KPI, for clients; the same words are in the rules (domain rules, section 6)."""

from typing import Final

PRODUCTIVITY: Final = (
    "Your total image counter: the images that you uploaded for retouching in the last 30 days, compared with the 30"
    " days before. Cancelled images do not count. For context there are also the images uploaded this calendar month"
    " and all images processed since your account was opened."
)
QUALITY: Final = (
    "The share of images that were right at their first delivery: of those first delivered in the last 30 days, those"
    " that you did not reject, compared with the 30 days before. An image that does not meet your standards can be"
    " rejected, and is returned for free within the time that your SLA promises."
)
TIME_SAVINGS: Final = (
    "The hours of in-house work that you saved in the last 30 days: the sum, over the images first delivered in them,"
    " of the time that a median human retoucher would need for each of their retouching steps, whether a retoucher, a"
    " script or AI performed it."
)
PRODUCTIVITY_STREAK: Final = (
    "The number of consecutive weeks, Monday to Sunday in your time zone, in which you uploaded images. The current"
    " week counts as soon as it has an upload; without one, it ends the streak only when it is over."
)
RELIABILITY: Final = (
    "The share of images delivered on time in the last 30 days, by the deadlines of your SLA. It is a binary figure:"
    " an image is on time, or it is late, even if only by a matter of minutes."
)
AVERAGE_LEAD_TIME: Final = (
    "The average time from upload to first delivery, over the images first delivered in the last 30 days. A lead time"
    " that goes up has an arrow that points up, and is negative: your images took longer. It depends on how many other"
    " images are in production, and on their deadlines, so it fluctuates more than the other figures."
)
