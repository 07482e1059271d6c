"""The plan on screen: at a glance, one target, what a unit must do, stating a figure."""
