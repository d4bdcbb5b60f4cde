"""Wrong terms of plans, each with what is wrong with them."""

from typing import Final

TERMS: Final = '{"SOLO": {"images_per_day": %s, "expedites_per_day": 6}}'
IN_DAYS: Final = "should be a duration of days, hours, minutes and seconds, such as P90D or PT1H"
PLANS: Final = "should be 'SOLO', 'PROFESSIONAL_TRIAL', 'PROFESSIONAL' or 'ENTERPRISE'"
WRONG_TERMS: Final = {
    "{": "it is no JSON: unexpected end of data: line 1 column 2 (char 1)",
    "[]": "it should be a JSON object",
    '{"SOLO": null}': "SOLO should be a JSON object",
    '{"GOLD": {}}': f"GOLD {PLANS}",
    '{"SOLO": {}}': "SOLO.images_per_day is missing",
    '{"SOLO": {"images_per_day": 60}}': "SOLO.expedites_per_day is missing",
    '{"SOLO": {}, "SOLO": {}}': "'SOLO' is in it twice",
    TERMS % '1, "images_per_day": 2': "'images_per_day' is in it twice",
    TERMS % f"{'[' * 1_000}{']' * 1_000}": "it is nested too deeply",
    TERMS % '"a"': "SOLO.images_per_day should be a whole number",
    TERMS % "null": "SOLO.images_per_day should be a whole number",
    TERMS % ("9" * 25): "SOLO.images_per_day should be a whole number of fewer digits",
    TERMS % '60, "deliver_by": "x"': "SOLO.deliver_by should be a time such as 09:00",
    TERMS % '60, "deliver_by": []': "SOLO.deliver_by should be a time such as 09:00",
    TERMS % '60, "expedite_multiplier": "x"': "SOLO.expedite_multiplier should be a number",
    TERMS % '60, "expedite_multiplier": []': "SOLO.expedite_multiplier should be a number",
    TERMS % '60, "expedite_multiplier": "NaN"': "SOLO.expedite_multiplier should be a number",
    TERMS % '60, "expedite_turnaround": "x"': "SOLO.expedite_turnaround should be a duration such as PT1H",
    TERMS % '60, "expedite_turnaround": []': "SOLO.expedite_turnaround should be a duration such as PT1H",
    TERMS % '60, "expedite_turnaround": "P1M"': f"SOLO.expedite_turnaround {IN_DAYS}",
    TERMS % '60, "support_phone": "x"': "SOLO.support_phone should be true or false",
    TERMS % '60, "support_phone": []': "SOLO.support_phone should be true or false",
    TERMS % "true": "SOLO.images_per_day should be a number",
    TERMS % "1.5": "SOLO.images_per_day should be a whole number",
    TERMS % '60, "gold": 1': "SOLO.gold is no term",
}
"""The sentence after the setting's name, by its value."""
