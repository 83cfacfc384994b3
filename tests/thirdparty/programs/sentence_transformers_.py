"""sentence-transformers' pooling and dense layers, its losses' similarity functions and semantic search."""

import torch
from report import show, train
from sentence_transformers import util
from sentence_transformers.models import Dense, Normalize, Pooling

torch.manual_seed(0)
words = torch.randn(6, 9, 16)
mask = (torch.arange(9) < torch.tensor([9, 3, 5, 7, 2, 4])[:, None]).long()
for mode in ("mean", "max", "cls", "mean_sqrt_len_tokens", "lasttoken", "weightedmean"):
    pooled = Pooling(16, pooling_mode=mode)({"token_embeddings": words, "attention_mask": mask})["sentence_embedding"]
    show(mode, pooled)
dense = Dense(16, 8)
embed = lambda: Normalize()(dense({"sentence_embedding": pooled}))["sentence_embedding"]
train(dense, lambda: torch.nn.functional.cross_entropy(util.cos_sim(embed(), embed().detach()) * 20, torch.arange(6)))
e = embed().detach()
show("similar", util.cos_sim(e, e), util.dot_score(e, e), util.pairwise_cos_sim(e, e.flip(0)), util.euclidean_sim(e, e))
show("found", [[hit["corpus_id"] for hit in hits] for hits in util.semantic_search(e[:2], e, top_k=3)])
show("mined", [pair[1:] for pair in util.paraphrase_mining_embeddings(e, top_k=2)][:3])
