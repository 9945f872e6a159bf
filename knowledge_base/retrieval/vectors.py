"""Step 4, meaning: the vectors of all wordings in faiss, and the vectors that were made before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.encoder import Encoder
from knowledge_base.retrieval.field import TokenBags, ngrams
from knowledge_base.retrieval.pinyin import spoken
from knowledge_base.retrieval.terms import Terms, load_terms

Vectors = NDArray[np.float32]
MAX_CACHED: Final = 200_000


class EmbeddingCache:
    """Vectors and tokens by text, so that a new index encodes and cuts only what is new. For one encoder."""

    def __init__(self, terms: Terms | None = None) -> None:
        self.terms = terms or load_terms()
        self._vectors: dict[str, Vectors] = {}
        self.characters = TokenBags(ngrams)
        self.pairs = TokenBags(lambda text: ngrams(text, longest=2))
        self.pinyin = TokenBags(lambda text: ngrams([part.sound for part in spoken(text)]))
        self.concepts = TokenBags(self.terms.concepts_in)

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """One row a text; texts seen before are not encoded again."""
        if len(self._vectors) > MAX_CACHED:
            self._vectors.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, encoder.encode(new), strict=True))
        if not texts:
            return np.zeros((0, encoder.dimension), np.float32)
        return np.stack([self._vectors[text] for text in texts])


class VectorField:
    """A faiss index that compares with every vector, kept in half precision: fast enough up to a hundred thousand."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> VectorField:
        """Index the rows of a matrix of unit vectors."""
        faiss = _faiss()
        index = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        index.add(np.ascontiguousarray(vectors, np.float32))
        return cls(index)

    @classmethod
    def from_bytes(cls, data: bytes) -> VectorField:
        """Read what `to_bytes` wrote. Raises RuntimeError when it is something else."""
        return cls(_faiss().deserialize_index(np.frombuffer(data, np.uint8)))

    def to_bytes(self) -> bytes:
        """The index in faiss's own form."""
        return bytes(_faiss().serialize_index(self._index).tobytes())

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Of each vector."""
        return int(self._index.d)

    def nearest(self, query: Vectors, *, among: NDArray[np.bool_], limit: int) -> NDArray[np.int64]:
        """The rows nearest to the query, of those allowed."""
        faiss = _faiss()
        selector = None if among.all() else faiss.IDSelectorBitmap(np.packbits(among, bitorder="little"))
        found = self._index.search(query[None, :], limit, params=faiss.SearchParameters(sel=selector))[1][0]
        return np.asarray(found[found >= 0], np.int64)

    def similarities(self, query: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """Inner products with some rows."""
        return np.asarray(self._index.reconstruct_batch(rows) @ query, np.float32)


def _faiss() -> Any:
    """The library, imported at the first use: it takes a quarter of a second, and its stubs lack what it adds in Python."""
    import faiss

    # Holds for the calling thread. Many searches run side by side; one is over before other threads have woken for it.
    faiss.omp_set_num_threads(1)
    return faiss
