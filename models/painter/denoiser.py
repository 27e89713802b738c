"""The denoising loop turned inside out: one UNet call moves every row of a batch by one step of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from models.painter.errors import PaintingFailed
from models.painter.painter import Graphs, Painter
from models.painter.rows import Row, Shape


class Denoiser:
    """Steps rows of one painter. Which rows share a step is the caller's choice, as long as their `shape` is the same.

    Attributes:
        limits: for each shape, the most places that fitted in memory; it starts empty and is learnt from failures.
    """

    def __init__(self, painter: Painter) -> None:
        self.painter = painter
        self.limits: dict[Shape, int] = {}

    @torch.no_grad()
    def step(self, rows: Sequence[Row]) -> None:
        """One step for each row, in place. A row that fails gets its `error`; the others are not touched by it.

        Args:
            rows: unfinished, all of one shape.
        """
        samples: list[Tensor] = []
        ready: list[Row] = []
        for row in rows:
            try:
                sample = row.scheduler.scale_model_input(row.latents, row.timesteps[row.done])
            except Exception as error:  # whatever a scheduler raises, only its own row is wrong
                row.error = _scheduler_error(row, error)
            else:
                samples.extend([sample] * row.places)
                ready.append(row)
        if not ready:
            return
        self.painter.select(ready[0].recipe.loras)
        outputs = self._predict(ready, samples)
        offset = 0
        for row in ready:
            predicted = outputs[offset : offset + row.places]
            offset += row.places
            self._advance(row, predicted)
        _fail_not_finite([row for row in ready if row.error is None])

    def _predict(self, rows: Sequence[Row], samples: Sequence[Tensor]) -> list[Tensor | None]:
        """The UNet's output, one (1, C, h, w) a place; None where even one place alone did not fit in memory."""
        shape = rows[0].shape
        sample = torch.cat(list(samples))  # (b, C, h, w)
        times = torch.cat([row.timesteps[row.done].float().expand(row.places) for row in rows])  # (b,)
        times = times.to(sample.device, non_blocking=True)
        texts = torch.cat([row.embeddings for row in rows])  # (b, L, d)
        conditions = [row.timestep_condition for row in rows if row.timestep_condition is not None]
        condition = torch.cat(conditions) if conditions else None
        outputs: list[Tensor | None] = []
        graphs = self.painter.graphs
        if graphs is not None and graphs.shape != shape[:3]:
            graphs = None
        largest = len(sample) if graphs is None else graphs.batch_sizes[-1]
        while len(outputs) < len(sample):
            part = slice(len(outputs), len(outputs) + min(largest, self.limits.get(shape, largest)))
            part_condition = None if condition is None else condition[part]
            try:
                outputs.extend(self._call_unet(graphs, sample[part], times[part], texts[part], part_condition).split(1))
            except torch.OutOfMemoryError:
                size = len(sample[part])
                if size == 1:
                    outputs.append(None)
                self.limits[shape] = max(1, size // 2)
                if sample.is_cuda:
                    torch.cuda.empty_cache()
        return outputs

    def _call_unet(
        self, graphs: Graphs | None, sample: Tensor, times: Tensor, texts: Tensor, condition: Tensor | None
    ) -> Tensor:
        """One call; where there are graphs, padded to the next of their batch sizes by repeating the last place."""
        size = len(sample)
        padded = size if graphs is None else next(known for known in graphs.batch_sizes if known >= size)
        if padded > size:
            index = torch.arange(padded, device=sample.device).clamp(max=size - 1)
            sample, times, texts = sample[index], times[index], texts[index]
            condition = None if condition is None else condition[index]
        if sample.is_cuda:
            sample = sample.contiguous(memory_format=torch.channels_last)
        unet = self.painter.unet if graphs is None else graphs.unet
        output: Tensor = unet(sample, times, encoder_hidden_states=texts, timestep_cond=condition, return_dict=False)[0]
        return output if graphs is None else output[:size].clone()  # the graph's next output goes to the same place

    def _advance(self, row: Row, predicted: Sequence[Tensor | None]) -> None:
        """Guidance, then the row's own scheduler."""
        parts = [part for part in predicted if part is not None]
        if len(parts) < len(predicted):
            row.error = PaintingFailed("painting-out-of-memory")
            return
        output = parts[0] if len(parts) == 1 else parts[0] + row.recipe.guidance * (parts[1] - parts[0])
        try:
            result = row.scheduler.step(output, row.timesteps[row.done], row.latents, **row.step_options)
        except Exception as error:  # as above
            row.error = _scheduler_error(row, error)
            return
        row.latents = result.prev_sample
        row.clean = _clean_estimate(row.scheduler, result)
        row.done += 1


def _clean_estimate(scheduler: Any, result: Any) -> Tensor | None:
    """The scheduler's estimate of x0: part of its result, or (multistep solvers) the newest of its stored outputs."""
    for name in ("pred_original_sample", "denoised"):
        estimate = getattr(result, name, None)
        if estimate is not None:
            return estimate
    stored = getattr(scheduler, "model_outputs", None)
    return stored[-1] if stored else None


def _fail_not_finite(rows: Sequence[Row]) -> None:
    """One look at all rows: on a GPU each look waits for the step to end."""
    if not rows:
        return
    finite = torch.stack([torch.isfinite(row.latents).all() for row in rows]).tolist()
    for row, is_finite in zip(rows, finite, strict=True):
        if not is_finite:
            row.error = PaintingFailed("painting-not-finite")


def _scheduler_error(row: Row, error: Exception) -> PaintingFailed:
    return PaintingFailed("painting-scheduler", scheduler=row.recipe.scheduler, detail=str(error))
