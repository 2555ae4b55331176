"""Feeds and sockets: what a chart or a grid is fed with over time. No Flask here."""
