"""Training of the match head: labelled texts and images, losses, calibration, and the models to compare it with."""
