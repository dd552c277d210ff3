"""Segments: one tree of conditions, read by pages, programs, campaigns and rules, and turned into SQL."""
