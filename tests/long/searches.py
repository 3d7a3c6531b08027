"""Ten searches of each kind of a library of which everything is known, and what each is true of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from tests.long.known_library import ALBUMS, CAPTIONS, KEYWORDS, SMART, Face, KnownLibrary, Photo

Cut = Callable[[Face], bool]
Fits = Callable[[Photo], bool]
MANY = 999


@dataclass(frozen=True)
class Case:
    """A search: what is typed, which option of which facet is pressed, which fields are filled in."""

    fits: Fits
    typed: str = ""
    pressed: Sequence[tuple[str, str]] = ()
    filled: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.typed or ''}{self.pressed or ''}{self.filled or ''}"


# What may be true of a face.


def unknown(face: Face) -> bool:
    return not face.person


def looking(face: Face) -> bool:
    return face.is_looking


def feeling(emotion: str, percent: int = 0) -> Cut:
    return lambda face: emotion in ("", face.emotion) and face.share >= percent / 100


def aged(least: int, most: int = MANY) -> Cut:
    return lambda face: least <= int(face.years) <= most


def of_gender(gender: str) -> Cut:
    return lambda face: face.gender == gender


def clear(least: int, most: int = 100) -> Cut:
    return lambda face: least <= face.percent <= most


def each(*cuts: Cut) -> Cut:
    return lambda face: all(cut(face) for cut in cuts)


# What may be true of a photo.


def with_face(*cuts: Cut) -> Fits:
    return lambda photo: any(each(*cuts)(face) for face in photo.shown)


def of(name: str, *cuts: Cut) -> Fits:
    """True of photos with such a face of whom people called so."""
    return with_face(lambda face: face.is_known and face.person == name, *cuts)


def both(*fits: Fits) -> Fits:
    return lambda photo: all(one(photo) for one in fits)


def either(*fits: Fits) -> Fits:
    return lambda photo: any(one(photo) for one in fits)


def no(fits: Fits) -> Fits:
    return lambda photo: not fits(photo)


def only(*names: str) -> Fits:
    return lambda photo: all(face.is_known and face.person in names for face in photo.shown)


def surely(name: str) -> Fits:
    return lambda photo: name in photo.surely


def faces(least: int, most: int = MANY) -> Fits:
    return lambda photo: least <= len(photo.shown) <= most


def taken(first: date, last: date) -> Fits:
    def fits(photo: Photo) -> bool:
        return photo.days is not None and first <= photo.days[0] and photo.days[1] <= last

    return fits


def in_year(year: int) -> Fits:
    return taken(date(year, 1, 1), date(year, 12, 31))


def by_camera(*cameras: str) -> Fits:
    return lambda photo: photo.camera in cameras


def tagged(word: str) -> Fits:
    return lambda photo: word in photo.keywords


def inside(album: str) -> Fits:
    return lambda photo: album in photo.albums


def saying(text: str) -> Fits:
    return lambda photo: photo.says(text)


def starred(photo: Photo) -> bool:
    return bool(photo.is_favourite)


def undated(photo: Photo) -> bool:
    return photo.days is None


def failed(photo: Photo) -> bool:
    return photo.state == "failed"


def gone(photo: Photo) -> bool:
    return bool(photo.is_gone)


def faceless(photo: Photo) -> bool:
    return bool(photo.width) and not photo.faces


def nobodys(_photo: Photo) -> bool:
    return False


def made_otherwise(library: KnownLibrary) -> Fits:
    """True of those whose methods are not what most photos have, and were not chosen for once."""
    made = [photo.methods for photo in library.photos if photo.faces]
    today = json.loads(max(set(made), key=made.count))
    del today["colour"]  # Whatever was done about them.

    def fits(photo: Photo) -> bool:
        if photo.state != "done" or photo.chosen not in ("", "{}"):
            return False
        names = today if photo.faces else {"detector": today["detector"]}
        had = photo.made
        return "colour" not in had or any(had.get(name) != one for name, one in names.items())

    return fits


# Whom to search for.


def people_of(library: KnownLibrary) -> list[str]:
    """Return who is named, whoever is on most photos first."""
    counts = Counter(name for photo in library.photos for name in photo.named)
    return sorted(counts, key=lambda name: (-counts[name], name))


def pairs_of(library: KnownLibrary) -> list[tuple[str, str]]:
    """Return nine pairs of people who are on a photo together, and one of two who are on none."""
    there = {tuple(sorted(photo.named)) for photo in library.photos}
    found = sorted((names[0], names[1]) for names in there if len(names) == 2)
    apart = next(pair for pair in pairwise(people_of(library)) if tuple(sorted(pair)) not in there)
    return [*found[:9], apart]


# The kinds.


def all_of_them(library: KnownLibrary) -> Iterator[Case]:
    for one, other in pairs_of(library):
        yield Case(both(of(one), of(other)), f'"{one}" "{other}"')


def any_of_them(library: KnownLibrary) -> Iterator[Case]:
    for one, other in pairwise(people_of(library)[:11]):
        yield Case(either(of(one), of(other)), f'"{one}" or "{other}"')


def not_them(library: KnownLibrary) -> Iterator[Case]:
    names = people_of(library)
    for name in names[:5]:
        yield Case(no(of(name)), f'-"{name}"')
    for one, other in pairs_of(library)[:5]:
        yield Case(both(of(one), no(of(other))), f'-"{other}" "{one}"')


def only_them(library: KnownLibrary) -> Iterator[Case]:
    for one, other in pairs_of(library)[:5]:
        fits = both(of(one), of(other), only(one, other))
        yield Case(fits, f'"{one}" "{other}" only')
    for name in people_of(library)[:5]:
        pressed = [("With", name), ("Faces", "nobody else")]
        yield Case(both(of(name), only(name)), pressed=pressed)


def guessed(library: KnownLibrary) -> Iterator[Case]:
    names = people_of(library)
    for name in names[:5]:
        yield Case(surely(name), f'"{name}" guesses')
    for name in names[5:10]:
        yield Case(surely(name), pressed=[("With", name), ("Faces", "also sure guesses")])


def unnamed(library: KnownLibrary) -> Iterator[Case]:
    yield Case(with_face(unknown), "unnamed")
    yield Case(with_face(unknown), pressed=[("Faces", "somebody unnamed")])
    yield Case(both(with_face(unknown), faces(2, 2)), "unnamed faces:2")
    for emotion in ("happy", "neutral", "angry"):
        yield Case(with_face(unknown, feeling(emotion)), f"unnamed {emotion}")
    for name in people_of(library)[:4]:
        yield Case(both(with_face(unknown), of(name)), f'unnamed "{name}"')


def numbers(_library: KnownLibrary) -> Iterator[Case]:
    yield Case(faces(0, 0), "faces:0")
    yield Case(faces(1, 1), "faces:1")
    yield Case(faces(3, 3), "faces:3")
    yield Case(faces(2), "faces:2-")
    yield Case(faces(0, 1), "faces:-1")
    yield Case(faces(4, 24), "faces:4-24")
    yield Case(faces(0, 0), pressed=[("How many faces", "no faces")])
    yield Case(faces(2, 2), pressed=[("How many faces", "2 faces")])
    yield Case(faces(6), pressed=[("How many faces", "6 or more faces")])
    yield Case(faces(2, 5), filled={"faces-least": "2", "faces-most": "5"})


def ages(_library: KnownLibrary) -> Iterator[Case]:
    yield Case(with_face(aged(0, 12)), "age:0-12")
    yield Case(with_face(aged(30, 30)), "age:30")
    yield Case(with_face(aged(60)), "age:60-")
    yield Case(with_face(aged(0, 19)), "age:-19")
    yield Case(with_face(aged(41, 44)), "age:41-44")
    yield Case(with_face(aged(45, 45)), "age:45-45")
    yield Case(with_face(aged(20, 39)), pressed=[("Age", "20\N{EN DASH}39 years old")])
    yield Case(with_face(aged(60)), pressed=[("Age", "60 or more years old")])
    yield Case(with_face(aged(25, 35)), filled={"age-least": "25", "age-most": "35"})
    yield Case(with_face(aged(50)), filled={"age-least": "50"})


def genders(_library: KnownLibrary) -> Iterator[Case]:
    female, male = of_gender("female"), of_gender("male")
    for word, cut in (("man", male), ("women", female), ("girl", female), ("boys", male)):
        yield Case(with_face(cut), word)
        yield Case(with_face(cut, aged(0, 29)), f"{word} age:-29")
    yield Case(with_face(female), pressed=[("Gender", "female")])
    yield Case(with_face(male), pressed=[("Gender", "male")])


def emotions(_library: KnownLibrary) -> Iterator[Case]:
    sure = {"happy": 40, "neutral": 53, "angry": 66, "sad": 79, "fear": 92}
    for emotion, percent in sure.items():
        typed = f"{emotion} confidence:{percent}"
        yield Case(with_face(feeling(emotion, percent)), typed)
    for emotion, percent in (("happy", 97), ("neutral", 55), ("sad", 30), ("angry", 60)):
        fits = with_face(feeling(emotion, percent))
        pressed, filled = [("Emotion", emotion)], {"confidence": f"{percent}"}
        yield Case(fits, pressed=pressed, filled=filled)
    yield Case(with_face(feeling("", 83)), "confidence:83")


def qualities(_library: KnownLibrary) -> Iterator[Case]:
    yield Case(with_face(clear(90)), "quality:90-")
    yield Case(with_face(clear(0, 20)), "quality:-20")
    yield Case(with_face(clear(50, 60)), "quality:50-60")
    yield Case(with_face(clear(70, 100)), "quality:70-100")
    yield Case(with_face(clear(0, 0)), "quality:0-0")
    yield Case(with_face(clear(99, 99)), "quality:99")
    yield Case(with_face(clear(33, 66)), "quality:33-66")
    yield Case(with_face(clear(80, 95)), filled={"quality-least": "80", "quality-most": "95"})
    yield Case(with_face(clear(0, 40)), filled={"quality-most": "40"})
    yield Case(with_face(clear(95)), filled={"quality-least": "95"})


def poses(library: KnownLibrary) -> Iterator[Case]:
    yield Case(with_face(looking), "looking")
    yield Case(with_face(looking), pressed=[("Faces", "looking at the camera")])
    yield Case(with_face(looking, unknown), "looking unnamed")
    for emotion in ("happy", "neutral"):
        yield Case(with_face(looking, feeling(emotion)), f"facing {emotion}")
    for name in people_of(library)[:5]:
        yield Case(of(name, looking), f'"{name}" looking')


def dates(_library: KnownLibrary) -> Iterator[Case]:
    yield Case(in_year(2019), "2019")
    yield Case(taken(date(2014, 2, 1), date(2014, 2, 28)), "2014-02")
    yield Case(taken(date(2019, 5, 3), date(2019, 5, 3)), "2019-05-03")
    yield Case(taken(date(2013, 1, 1), date(2015, 12, 31)), "2013..2015")
    yield Case(taken(date(2010, 1, 1), date(2012, 12, 31)), "2010-2012")
    yield Case(taken(date(2016, 1, 1), date.max), "from:2016")
    yield Case(taken(date.min, date(2012, 6, 30)), "to:2012-06")
    yield Case(in_year(2017), pressed=[("Taken", "2017")])
    yield Case(in_year(2019), pressed=[("Taken", "2019")])
    filled = {"from": "2013-03-04", "to": "2017-08-09"}
    yield Case(taken(date(2013, 3, 4), date(2017, 8, 9)), filled=filled)


def cameras(library: KnownLibrary) -> Iterator[Case]:
    found = sorted({photo.camera for photo in library.photos if photo.camera})[:6]
    one, other, last = found[0], found[1], found[-1]
    for camera in found:
        yield Case(by_camera(camera), f'camera:"{camera}"')
    yield Case(by_camera(one), pressed=[("Camera", one)])
    yield Case(by_camera(last), pressed=[("Camera", last)])
    yield Case(by_camera(one, other), f'camera:"{one}" camera:"{other}"')
    yield Case(no(by_camera(last)), f'-camera:"{last}"')


def keywords(_library: KnownLibrary) -> Iterator[Case]:
    beach, two, aetna, winter = KEYWORDS
    yield Case(tagged(beach), "beach")
    yield Case(tagged(two), f'keyword:"{two}"')
    yield Case(tagged(aetna), "ÄTNA")
    yield Case(both(tagged(beach), tagged(winter)), "winter Beach")
    yield Case(no(tagged(beach)), "-beach")
    yield Case(both(tagged(aetna), no(tagged(two))), f'ätna -keyword:"{two}"')
    yield Case(tagged(two), pressed=[("Keywords", two)])
    yield Case(tagged(winter), pressed=[("Keywords", winter)])
    fits = both(tagged(beach), tagged(aetna))
    yield Case(fits, pressed=[("Keywords", beach), ("Keywords", aetna)])
    yield Case(nobodys, "keyword:nobody-said-so")


def files(_library: KnownLibrary) -> Iterator[Case]:
    for text in ("obama", "2008_00", ".png", "agassi"):
        yield Case(saying(text), f"file:{text}")
    for text in ("bald", "IMG_2014"):
        yield Case(saying(text), text)
    yield Case(saying(CAPTIONS[0]), f'caption:"{CAPTIONS[0]}"')
    yield Case(saying("strasse"), "file:STRASSE")
    yield Case(no(saying("img")), "-img")
    yield Case(both(saying("jpg"), no(saying("0_"))), "file:jpg -file:0_")


def galleries(library: KnownLibrary) -> Iterator[Case]:
    holidays, family, streets = ALBUMS
    happy, name = SMART[0], people_of(library)[0]
    yield Case(inside(holidays), "album:holidays")
    yield Case(inside(family), f'gallery:"{family}"')
    yield Case(inside(streets), "album:STRASSEN")
    yield Case(inside(happy), f'album:"{happy}"')
    yield Case(both(inside(holidays), inside(family)), f'album:Holidays album:"{family}"')
    yield Case(both(inside(happy), inside(streets)), f'album:straßen album:"{happy}"')
    yield Case(no(inside(holidays)), "-album:holidays")
    fits = both(inside(family), no(inside(streets)))
    yield Case(fits, f'album:"{family}" -album:straßen')
    yield Case(both(inside(holidays), with_face(feeling("happy"))), "album:holidays happy")
    yield Case(both(inside(family), of(name)), f'"{name}" album:family')


def states(library: KnownLibrary) -> Iterator[Case]:
    yield Case(failed, "failed")
    yield Case(nobodys, "waiting")
    yield Case(faceless, "faceless")
    yield Case(made_otherwise(library), "outdated")
    yield Case(undated, "undated")
    yield Case(no(undated), "-undated")
    yield Case(gone, "gone")
    yield Case(either(failed, gone), "failed gone")
    yield Case(failed, pressed=[("State", "analysis failed")])
    pressed = [("State", "a box waits to be measured")]
    yield Case(lambda photo: any(face.is_due for face in photo.faces), pressed=pressed)


def of_one_face(library: KnownLibrary) -> Iterator[Case]:
    names, happy = people_of(library), feeling("happy")
    for name in names[:3]:
        yield Case(of(name, happy), f'"{name}" happy')
    for name in names[3:5]:
        yield Case(of(name, aged(30, 45)), f'"{name}" age:30-45')
    for emotion in ("happy", "neutral"):
        one, other = pairs_of(library)[0]
        fits = both(of(one, feeling(emotion)), of(other, feeling(emotion)))
        yield Case(fits, f'"{one}" "{other}" {emotion}')
    fits = with_face(of_gender("female"), happy)
    yield Case(fits, pressed=[("Gender", "female"), ("Emotion", "happy")])
    fits = with_face(of_gender("male"), looking, happy, clear(60))
    yield Case(fits, "man looking happy quality:60-")
    yield Case(with_face(unknown, happy, aged(0, 30)), "unnamed age:-30 happy")


def typed_words(library: KnownLibrary) -> Iterator[Case]:
    names, happy = people_of(library), feeling("happy")
    for name, other in pairwise(names[:6]):
        fits = both(of(name, happy), no(of(other)), faces(1, 2))
        yield Case(fits, f'"{name}" happy -"{other}" faces:1-2')
    yield Case(of(names[0]), names[0].split()[0].lower())
    yield Case(both(with_face(happy), in_year(2019)), "smiling 2019")
    yield Case(starred, "favourites")
    fits = both(tagged("Beach"), undated, with_face(of_gender("male"), aged(30)))
    yield Case(fits, "beach men undated age:30-")
    fits = both(saying("img"), no(failed), with_face(of_gender("female"), looking))
    yield Case(fits, "img -failed woman looking")


KINDS: Mapping[str, Callable[[KnownLibrary], Iterator[Case]]] = {
    "all of them": all_of_them,
    "any of them": any_of_them,
    "not them": not_them,
    "only them": only_them,
    "also sure guesses": guessed,
    "unnamed faces": unnamed,
    "number of faces": numbers,
    "age": ages,
    "gender": genders,
    "emotion": emotions,
    "quality": qualities,
    "pose": poses,
    "dates": dates,
    "camera": cameras,
    "keywords": keywords,
    "file name": files,
    "gallery": galleries,
    "state": states,
    "of one face": of_one_face,
    "typed words": typed_words,
}
# What is typed, what its chip says, and what it is true of.
Part = tuple[str, str, Fits]


def impossible(library: KnownLibrary) -> Iterator[Sequence[Part]]:
    """Yield ten searches of which no photo has everything."""
    one, other, third = ((f'"{name}"', name, of(name)) for name in people_of(library)[:3])
    name = one[1]
    camera = max(photo.camera for photo in library.photos)
    happy: Part = ("happy", "happy", with_face(feeling("happy")))
    nobody: Part = ("faces:0", "no faces", faces(0, 0))
    nine: Part = ("faces:9", "9 faces", faces(9, 9))
    star: Part = ("favourites", "favourites", starred)
    long_ago: Part = ("1999", "1999", in_year(1999))
    lately: Part = ("2019", "2019", in_year(2019))
    beach: Part = ("beach", "Beach", tagged("Beach"))
    by: Part = (f'camera:"{camera}"', camera, by_camera(camera))
    text: Part = ("file:not-here", quoted("not-here"), nobodys)
    bad: Part = ("failed", "analysis failed", failed)
    yield [one, nobody]
    yield [happy, nobody, star]
    yield [one, (f'-"{name}"', f"not {name}", no(of(name)))]
    yield [long_ago, other]
    yield [text, lately]
    yield [nine, beach, lately]
    yield [by, bad, happy]
    yield [one, other, third]
    yield [nobody, beach, third]
    yield [text, long_ago]


def quoted(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"
