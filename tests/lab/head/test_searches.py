"""What the head is asked in training is what the bot decides upon: the first hit where the answer is, and is not."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lab.head.fit import best_hit_entropy
from lab.head.groups import Pool, descriptions, will_do
from lab.head.searches import ASKED, FIRST, Searches, make_searches
from lab.head.truth import Image, Label, Photo, Sentence, Text, is_true, same_kind
from lab.scenes.pairs import scene_pair

PAIRS = 60
CLASSES = ("cat", "dog", "horse")


@pytest.fixture(scope="module")
def pool() -> Pool:
    """Scenes with their captions, photos of three classes with their names, one photo that somebody described."""
    texts: list[Text] = []
    images: list[Image] = []
    anchors: list[tuple[list[int], list[int]]] = []

    def add(own: list[Text], shown: list[Image]) -> None:
        anchors.append((
            list(range(len(texts), len(texts) + len(own))), list(range(len(images), len(images) + len(shown))),
        ))  # fmt: skip
        texts.extend(own)
        images.extend(shown)

    for seed in range(PAIRS):
        pair = scene_pair(seed, "train")
        add(list(pair.captions), list(pair.scenes))
    for number in range(30):
        photo = Photo(f"{number}.jpg", "animals", CLASSES[number % 3])
        add([Label(f"a {photo.name}", "en", photo)], [photo])
    described = Photo("d.jpg", "described")
    add([Sentence("a man runs", "en", described, "a man runs")], [described])
    rng = np.random.default_rng(0)
    vectors = [rng.normal(size=(len(of), 8)).astype(np.float32) for of in (texts, images)]
    text_vectors, image_vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in vectors)
    return Pool(texts, images, text_vectors, image_vectors, anchors)


@pytest.fixture(scope="module")
def searches(pool: Pool) -> Searches:
    return make_searches(pool)


def test_each_anchor_is_asked_for_where_its_answer_is_and_where_it_is_not(pool: Pool, searches: Searches) -> None:
    asked = np.bincount(searches.texts, minlength=len(pool.texts))
    for texts, shown in pool.anchors[:-1]:
        right = [text for text in texts if is_true(pool.texts[text], pool.images[shown[0]])]
        assert asked[texts].sum() == asked[right].sum() == 2 * min(ASKED, len(right))
    assert asked[-1] == 0  # a description may be right for other photos


def test_labels_say_whether_the_text_is_true_and_the_unknown_stay_out(pool: Pool, searches: Searches) -> None:
    for text, images, labels in zip(searches.texts, searches.images, searches.labels, strict=True):
        known = images >= 0
        truths = [is_true(pool.texts[text], pool.images[image]) for image in images[known]]
        assert labels[known].tolist() == truths
        assert (labels[~known] == -1).all()
        cosines = pool.image_vectors[images[known]] @ pool.text_vectors[text]
        assert (np.diff(cosines) <= 1e-6).all()


def test_a_search_in_vain_holds_nothing_of_the_kind_and_no_search_mixes_worlds(pool: Pool, searches: Searches) -> None:
    in_vain = np.zeros(2, int)  # among scenes, among photos
    for number, text in enumerate(searches.texts):
        shown = [pool.images[image] for image in searches.images[number] if image >= 0]
        assert len({isinstance(image, Photo) for image in shown}) == 1
        if number and searches.texts[number - 1] == text:
            in_vain[int(isinstance(shown[0], Photo))] += 1
            assert not any(same_kind(pool.texts[text], image) for image in shown)
            assert 1 not in searches.labels[number]
    assert in_vain.tolist() == [ASKED * PAIRS, 30]


def test_descriptions_are_searched_for_where_there_is_nothing_else() -> None:
    photos = [Photo(f"{n}.jpg", "described") for n in range(40)]
    texts = [Sentence(f"a thing {n}", "en", photo, "") for n, photo in enumerate(photos)]
    vectors = np.linalg.qr(np.random.default_rng(0).normal(size=(40, 40)))[0].astype(np.float32)
    searches = make_searches(Pool(texts, photos, vectors, vectors, [([n], [n]) for n in range(40)]))
    assert len(searches) == 80
    assert searches.images.shape == (80, FIRST)
    assert (searches.labels == 1).sum() == 40


def test_of_its_kind_a_photo_is_wrong_only_where_something_else_was_said_of_it() -> None:
    photos = [Photo(f"{n}.jpg", "animals", "horse") for n in range(4)] + [Photo("cow.jpg", "animals", "cow")]
    texts = [Sentence(f"it is {n}", "en", photo, "", level=3) for n, photo in enumerate(photos[:3])]
    text_vectors = np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32)
    image_vectors = np.ones((5, 2), np.float32) / np.sqrt(2, dtype=np.float32)
    pool = Pool(texts, photos, text_vectors, image_vectors, [([n], [n]) for n in range(3)])
    asked = [will_do(pool, descriptions(pool), 0, image) for image in range(5)]
    assert asked == [True, None, False, None, False]  # its own, one alike, another, an unknown one, a cow
    searches = make_searches(pool)
    found = [
        set(images[images >= 0]) for text, images in zip(searches.texts, searches.images, strict=True) if text == 0
    ]
    assert found == [{0, 2, 4}, {4}]


def test_only_the_best_hit_counts_and_what_is_unknown_is_no_hit() -> None:
    logits = torch.tensor([[1.0, 3.0, 9.0], [2.0, -1.0, 0.0]], requires_grad=True)
    labels = torch.tensor([[1, 0, -1], [1, 0, 0]], dtype=torch.int8)
    loss = best_hit_entropy(logits, labels)
    expected = (torch.log1p(torch.exp(torch.tensor(3.0))) + torch.log1p(torch.exp(torch.tensor(-2.0)))) / 2
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss.backward()
    assert logits.grad is not None
    assert (logits.grad != 0).tolist() == [[False, True, False], [True, False, False]]
