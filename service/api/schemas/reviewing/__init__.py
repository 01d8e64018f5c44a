"""Shapes of reviews."""
