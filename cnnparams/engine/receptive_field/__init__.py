"""Receptive fields: how much of the image a place of each output depends on."""
