"""The reference provincial platform: the same domain behind a server. Never imported by the desktop."""
