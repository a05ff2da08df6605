"""Tests of local order books."""
