"""Engine 1: the plan as data – its targets and duties, who answers for them, what measures them."""
