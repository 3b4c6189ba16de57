"""Findings and paths as texts for people, JSON for programs, SARIF for code scanning, and the page of all checks.

Nothing is judged here.
"""
