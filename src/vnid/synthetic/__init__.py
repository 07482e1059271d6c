"""Made-up cards: complete, signed by an issuer that is made up too. For trying out, teaching and tests."""

from vnid.synthetic.card import Flaws, SyntheticCard, make_card

__all__ = ["Flaws", "SyntheticCard", "make_card"]
