"""How fast Flask-OpenBB is beside what it is built on: ``http``, ``startup`` and the apps they measure."""
