"""The built-in encoder: the same files and vectors as sentence-transformers, and what its vectors say."""

from __future__ import annotations

import hashlib
import shutil
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.encoder import EncoderUnavailable, load_encoder
from knowledge_base.encoder.encoder import Encoder, LibraryEncoder, builtin_path
from knowledge_base.encoder.material import held_out_groups, read_groups, training_groups
from knowledge_base.encoder.noise import Noise, spelt

CARD = Path(__file__).resolve().parents[2] / "docs" / "encoder.md"
TEXTS = [
    "小规模纳税人季度销售额30万要交增值税吗",
    "专票怎么开",
    "个税app忘记密码",
    "VAT rate for small-scale taxpayers",
    "鱻麤龘",
    "",
]


@lru_cache(maxsize=1)
def builtin() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return builtin()


def test_the_model_that_ships_is_the_one_that_its_card_describes() -> None:
    digest = hashlib.sha256((builtin_path() / "model.safetensors").read_bytes()).hexdigest()
    assert digest in CARD.read_text(encoding="utf-8")


@pytest.mark.slow
def test_vectors_equal_those_of_sentence_transformers(encoder: Encoder) -> None:
    library = LibraryEncoder(str(builtin_path()))
    texts = [text for text in TEXTS if text]
    assert library.dimension == encoder.dimension
    np.testing.assert_allclose(encoder.encode(texts), library.encode(texts), atol=2e-3)


def test_any_model_directory_is_read_by_its_path_with_the_same_vectors(
    encoder: Encoder, tmp_path: Path
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(builtin_path(), copy)
    other = load_encoder(str(copy))
    assert other.fingerprint == encoder.fingerprint
    np.testing.assert_array_equal(other.encode(TEXTS), encoder.encode(TEXTS))


def test_a_damaged_model_is_reported_as_unavailable(tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(builtin_path(), copy)
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EncoderUnavailable):
        load_encoder(str(copy))


def test_vectors_have_unit_length_and_a_text_without_known_words_is_zeros(encoder: Encoder) -> None:
    lengths = np.linalg.norm(encoder.encode(TEXTS), axis=1)
    np.testing.assert_allclose(lengths[:4], 1.0, atol=1e-5)
    assert lengths[-1] == 0.0


def test_a_text_is_encoded_the_same_alone_and_among_others(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    for place, text in enumerate(TEXTS):
        np.testing.assert_array_equal(encoder.encode([text])[0], together[place])


@pytest.mark.parametrize(
    ("asked", "meant", "other"),
    [
        ("去税局开票要带什么", "代开发票需要什么材料", "房产税什么时候交"),
        ("公司不干了怎么弄", "注销登记如何办理", "发票开错了怎么办"),
        ("票开错了咋办", "红字发票如何开具", "社保断缴怎么补"),
        ("孩子上学能少交多少个税", "子女教育专项附加扣除标准", "赡养老人专项附加扣除标准"),
    ],
)
def test_what_people_say_is_nearer_to_what_they_mean_than_to_something_else(
    encoder: Encoder, asked: str, meant: str, other: str
) -> None:
    vectors = encoder.encode([asked, meant, other])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_has_a_finite_vector(text: str) -> None:
    vectors = builtin().encode([text])
    assert np.isfinite(vectors).all()


def test_no_wording_that_is_measured_with_was_learnt_from() -> None:
    learnt = {text for group in training_groups() for text in group.texts}
    measured = [text for group in held_out_groups() for text in group.texts]
    assert [text for text in measured if text in learnt] == []


def test_no_two_groups_ask_the_same_question() -> None:
    questions = [group.question for group in (*training_groups(), *held_out_groups())]
    assert len(set(questions)) == len(questions)


def test_every_group_has_enough_wordings_to_learn_from() -> None:
    assert [group.question for group in training_groups() if len(set(group.wordings)) < 5] == []


def test_a_group_without_a_second_wording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "topic.txt").write_text("问题一\n问法\n\n只有一句\n", encoding="utf-8")
    with pytest.raises(ValueError, match="只有一句"):
        read_groups(tmp_path)


def test_noise_is_the_same_for_the_same_seed_and_different_for_another() -> None:
    first, again, other = Noise(1), Noise(1), Noise(2)
    worse = [first.worsened(text) for text in TEXTS[:3] * 5]
    assert [again.worsened(text) for text in TEXTS[:3] * 5] == worse
    assert [other.worsened(text) for text in TEXTS[:3] * 5] != worse


@pytest.mark.parametrize(
    ("number", "words"),
    [("12", "十二"), ("30", "三十"), ("300", "三百"), ("105", "一百零五"), ("12366", "一二三六六")],
)
def test_numbers_are_spelt_as_they_are_said(number: str, words: str) -> None:
    assert spelt(number) == words
