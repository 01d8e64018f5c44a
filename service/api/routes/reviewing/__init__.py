"""Calls about reviews."""
