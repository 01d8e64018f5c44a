"""Tests of how accurate alarms are."""
