"""Step 4, the sentence encoder: texts to vectors whose inner product says how alike their meaning is."""

from knowledge_base.encoder.encoder import Encoder, EncoderUnavailable, load_encoder

__all__ = ["Encoder", "EncoderUnavailable", "load_encoder"]
