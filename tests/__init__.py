"""Tests mirror the rooms; each is named for what holds."""
