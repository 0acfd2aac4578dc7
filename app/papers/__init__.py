"""Previews and control totals as files: CSV for Excel, and pages to print, sign and file."""
