"""Worlds: who exists when a simulator starts."""

from tradewind.simulator.world.bench import bench_world
from tradewind.simulator.world.demo import demo_world
from tradewind.simulator.world.shapes import World

__all__ = ["World", "bench_world", "demo_world"]
