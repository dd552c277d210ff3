"""How the installation stands: a page for people, JSON for load balancers, figures for Prometheus."""
