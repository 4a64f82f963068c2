"""The report: one HTML file that opens offline."""

from exports.report.build import Report, ask_to_replace, write_report

__all__ = ["Report", "ask_to_replace", "write_report"]
