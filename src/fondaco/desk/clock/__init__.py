"""The clock: until when to answer, what the platform makes of it, and what time it is at the buyer's."""

from fondaco.desk.clock.outcomes import Band, FirstReply, first_replies, reply_bands
from fondaco.desk.clock.rate import Day, Deciding, Rate, deciding, outlook, response_rate
from fondaco.desk.clock.rules import Message, Rule, platforms, rule_of
from fondaco.desk.clock.waiting import Waiting, due, time_left, waiting
from fondaco.desk.clock.working import WorkingHours, target_due, working_hours, working_time

__all__ = [
    "Band",
    "Day",
    "Deciding",
    "FirstReply",
    "Message",
    "Rate",
    "Rule",
    "Waiting",
    "WorkingHours",
    "deciding",
    "due",
    "first_replies",
    "outlook",
    "platforms",
    "reply_bands",
    "response_rate",
    "rule_of",
    "target_due",
    "time_left",
    "waiting",
    "working_hours",
    "working_time",
]
