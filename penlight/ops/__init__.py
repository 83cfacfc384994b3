"""The op table. `table` holds the machinery, `catalog` finds an op's file; the other files declare ops, one topic each."""
