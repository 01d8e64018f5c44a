"""Tests of reviews over HTTP."""
