"""What could be cheaper or safer for good, from weeks of measurements: pure advice, each with its saving and risk."""
