"""Tradewind: a self-hosted control room for businesses on WhatsApp's official Cloud API."""

__version__ = "0.1.0"
