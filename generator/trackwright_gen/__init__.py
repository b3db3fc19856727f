"""What developers and CI run: scaffold, migrate, lint. The command is `trackwright`."""
