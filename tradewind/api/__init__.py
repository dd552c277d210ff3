"""The public REST door, assembled from the rooms."""
