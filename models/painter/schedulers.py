"""Diffusers' schedulers by the names that people know them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_euler_ancestral_discrete import EulerAncestralDiscreteScheduler
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_lcm import LCMScheduler
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler


@dataclass(frozen=True, slots=True)
class SchedulerChoice:
    """A scheduler class, what is set beside the checkpoint's own configuration, and the most steps it can take."""

    cls: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    max_steps: int = 100


SCHEDULERS: Mapping[str, SchedulerChoice] = MappingProxyType(
    {
        "ddim": SchedulerChoice(DDIMScheduler),
        "euler": SchedulerChoice(EulerDiscreteScheduler),
        "euler-a": SchedulerChoice(EulerAncestralDiscreteScheduler),
        "dpm++2m": SchedulerChoice(DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++", "solver_order": 2}),
        "dpm++2m-karras": SchedulerChoice(
            DPMSolverMultistepScheduler,
            {"algorithm_type": "dpmsolver++", "solver_order": 2, "use_karras_sigmas": True},
        ),
        "unipc": SchedulerChoice(UniPCMultistepScheduler),
        "lcm": SchedulerChoice(LCMScheduler, max_steps=50),  # distilled from 50 steps, of which it takes some
    }
)


def make_scheduler(name: str, config: Mapping[str, Any]) -> Any:
    """A new scheduler with state of its own; `config` is the checkpoint's (betas, prediction type, spacing)."""
    choice = SCHEDULERS[name]
    return choice.cls.from_config(dict(config), **choice.options)
