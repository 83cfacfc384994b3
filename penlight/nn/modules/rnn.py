"""Being written right now by another writer: recurrent layers and packed sequences. Leave this file alone."""
