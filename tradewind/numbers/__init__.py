"""Business numbers as Meta arranges them: app, portfolio, account (WABA), number; their health and limits."""
