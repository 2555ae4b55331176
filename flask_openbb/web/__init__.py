"""The only room with an app: the extension, its settings, URLs and commands."""
