"""The report: one HTML file that opens offline."""

from exports.report.build import Report, write_report

__all__ = ["Report", "write_report"]
