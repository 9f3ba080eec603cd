"""What the hidden cases of several exercises of lab 06 share."""

import numpy as np


def softmax(logits):
    """Return probabilities of logits (N, C), in double precision."""
    shifted = np.asarray(logits, np.float64) - np.max(logits, axis=1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=1, keepdims=True)


def divergence(student, teacher):
    """Return KL(teacher || student) of softened logits, averaged over images."""
    p, q = softmax(teacher), softmax(student)
    return (p * (np.log(p) - np.log(q))).sum(axis=1).mean()
