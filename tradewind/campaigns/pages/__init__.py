"""What the pages of campaigns show: figures made ready for templates, nothing decided here."""
