"""The pages of workspaces: set-up and joining, settings, members, keys, audit trail, profile."""
