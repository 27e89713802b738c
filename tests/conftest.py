"""What all tests share: two cores are enough for one torch thread each, and nothing may reach a model hub."""

from __future__ import annotations

import os

import torch

os.environ["HF_HUB_OFFLINE"] = "1"
torch.set_num_threads(1)
