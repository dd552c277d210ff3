"""The shell of the console: page frames, components, formats, styles and scripts that all rooms use by name."""
