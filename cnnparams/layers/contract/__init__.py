"""What every layer type is made of: the base class, the register, settings, shapes, windows, memory layouts."""
