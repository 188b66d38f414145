"""Section -> themes, in the order of the flow: text, segment, features, scorer, evidence, tagger."""
