"""PyTorch. Whoever imports what is here has asked for the extra before."""
