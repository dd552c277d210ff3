"""The manners of the Graph API: errors, tokens, requests, answers."""
