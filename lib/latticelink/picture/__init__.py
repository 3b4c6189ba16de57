"""Draws what the tracer found: as SVG, as a page, and as Mermaid for pull requests.

A file here is a form of the picture or a part of one. What a hop's answer is, `paths` says; nothing here judges.
"""
