"""Training and evaluation of the starter painter, one module a stage: see `lab/train_painter.py`."""
