"""The export marketing plan: platform, product, price, place and promotion, and what joins them.

Each part is a package named after it.  What all of them share:

* `fondaco.strategy.advice`: an action of the plan, with who does it, when, why, on whose evidence, and what
  would change it;
* `fondaco.strategy.rules`: the rules behind the advice, as dated data with their sources and thresholds;
* `fondaco.strategy.profile`: what the firm states of itself.
"""
