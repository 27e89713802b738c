"""The generation engine: continuous batching of painting jobs on one or more devices."""

from core.generation.generation import Generation, GenerationStatus, Limits
from core.generation.jobs import Job

__all__ = ["Generation", "GenerationStatus", "Job", "Limits"]
