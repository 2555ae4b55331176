"""Tests that need processes of their own: a real gunicorn and a real headless Chromium."""
