"""What a network is written as, or held against, elsewhere: the code of a PyTorch module, the module itself."""
