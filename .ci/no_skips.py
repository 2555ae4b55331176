"""Fail if a test was skipped: in CI everything a test needs is there, so a skip hides a fault.

Usage: ``no_skips.py REPORT``, where REPORT is pytest's JUnit file. Expected failures are no skips.
"""

import sys
from xml.etree import ElementTree as ET

cases = ET.parse(sys.argv[1]).getroot().iter("testcase")  # noqa: S314 -- pytest wrote it a moment ago
skipped = [
    f"{case.get('classname')}::{case.get('name')}: {skip.get('message')}"
    for case in cases
    for skip in case.findall("skipped")
    if skip.get("type") != "pytest.xfail"
]
if skipped:
    sys.exit("\n".join(["Skipped in CI, where nothing may be:", *skipped]))
