"""A live model -> a spec.

The model is run once on tensors without data, by torch.fx or else by torch.export, which leaves a Program: its steps in
order. Each step is translated to layers of the vocabulary, or is a gap.
"""
