"""A Transformer that continues English text, beside a trigram model."""
