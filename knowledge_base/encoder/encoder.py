"""Step 4, loading an encoder: any sentence-transformers model by name or path; our own without importing torch.

Importing sentence-transformers takes many seconds of CPU. A model that is only a table of token vectors (a
StaticEmbedding and a Normalize module, as the built-in one) is a few lines of numpy, so it is read without the
library: the same files, the same vectors (tests/knowledge_base/test_encoder.py compares them).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

BUILTIN: Final = "builtin"
OFFLINE: Final = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
TORCH_THREADS: Final = 2
STATIC_MODULES: Final = ("StaticEmbedding", "Normalize")


class EncoderUnavailable(Exception):
    """The model cannot be loaded: no such name or path, or damaged files."""


class Encoder(Protocol):
    """Texts to vectors of unit length. `fingerprint` is equal for equal models."""

    fingerprint: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text; the inner product of two rows is their likeness. A text without words is a row of zeros."""


def load_encoder(name_or_path: str = BUILTIN) -> Encoder:
    """The built-in encoder, or any sentence-transformers model by local path or by a name in the local hub cache.

    Nothing is fetched from a network. Raises EncoderUnavailable.
    """
    path = builtin_path() if name_or_path == BUILTIN else Path(name_or_path)
    try:
        if _is_static(path):
            return StaticEncoder(path)
        return LibraryEncoder(name_or_path)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EncoderUnavailable(f"encoder {name_or_path!r} cannot be loaded: {error}") from error


def builtin_path() -> Path:
    """Where the model that ships with the program lies."""
    return Path(str(files(__package__).joinpath("model")))


class StaticEncoder:
    """The mean of token vectors, brought to unit length: a StaticEmbedding model, by numpy alone."""

    def __init__(self, path: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
            table = load_file(path / "model.safetensors")["embedding.weight"]
        except Exception as error:
            raise ValueError(f"damaged: {error}") from error
        self._tokenizer.no_padding()
        self._table = np.asarray(table, np.float32)
        self.dimension = int(self._table.shape[1])
        self.fingerprint = _fingerprint_of(path)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, encoding in enumerate(encodings):
            if encoding.ids:
                vectors[row] = self._table[encoding.ids].mean(axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


class LibraryEncoder:
    """Any other model, run by sentence-transformers itself."""

    def __init__(self, name_or_path: str) -> None:
        for variable, value in OFFLINE.items():
            os.environ.setdefault(variable, value)
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(TORCH_THREADS)
        self._model: Any = SentenceTransformer(name_or_path, device="cpu", local_files_only=True)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        path = Path(name_or_path)
        self.fingerprint = _fingerprint_of(path) if path.is_dir() else f"{name_or_path}:{self.dimension}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)


def _is_static(path: Path) -> bool:
    """Whether a directory holds a StaticEmbedding model and nothing else that would compute."""
    listing = path / "modules.json"
    if not listing.is_file():
        return False
    modules = json.loads(listing.read_text(encoding="utf-8"))
    kinds = tuple(module["type"].rpartition(".")[2] for module in modules)
    return kinds == STATIC_MODULES and (path / "model.safetensors").is_file()


def _fingerprint_of(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix in {".json", ".safetensors", ".txt", ".bin"}:
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:32]
