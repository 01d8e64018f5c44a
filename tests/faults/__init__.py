"""What must hold when a camera, its stream or a process fails; and the index of all faults."""
