"""Painting on other machines: the same engine behind Redis Streams."""

from core.queue.remote import RemoteGeneration
from core.queue.shelf import Shelf
from core.queue.worker import run_worker

__all__ = ["RemoteGeneration", "Shelf", "run_worker"]
