"""Estimates: means of groups that the human-coded articles correct."""

from exports.estimates.comparison import Compared, compare_sources, find_groups
from exports.estimates.correction import FEWEST, SHAKY, Drawn, Estimate, Mean, bound_mean, correct
from exports.estimates.design import Design
from exports.estimates.differences import Difference, subtract
from exports.estimates.groups import describe_estimate, estimate_groups, estimate_shares
from exports.estimates.measures import Measure, code_articles, list_measures, list_shares
from exports.estimates.planning import plan_coding
from exports.estimates.remarks import name_group, remark
from exports.estimates.unanswered import fill_unanswered

__all__ = [
    "FEWEST",
    "SHAKY",
    "Compared",
    "Design",
    "Difference",
    "Drawn",
    "Estimate",
    "Mean",
    "Measure",
    "bound_mean",
    "code_articles",
    "compare_sources",
    "correct",
    "describe_estimate",
    "estimate_groups",
    "estimate_shares",
    "fill_unanswered",
    "find_groups",
    "list_measures",
    "list_shares",
    "name_group",
    "plan_coding",
    "remark",
    "subtract",
]
