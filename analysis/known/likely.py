"""Do folders look as if they were called by people? For photos that come in folders, to be asked once.

A folder of an album is called by a time, a place or an occasion, one of a camera by a number. What is none
of that may still be no person, so this is enough for a question and for nothing more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from analysis.known.layouts import Layout, arranged
from analysis.names import tidied
from analysis.photo_files import is_hidden, is_photo

FEWEST_PEOPLE = 2
MOST_PICTURES = 20  # of one person; of an album there are more
MOST_WORDS = 4
MOST_LETTERS = 40
NO_LETTER = re.compile(r"[\W_]+")
# Words in names of folders that are no people's, but for April, May and June, who may be.
ENGLISH = """
    january february march july august september october november december spring summer autumn fall
    winter monday tuesday wednesday thursday friday saturday sunday weekend morning evening night day
    week month year photo photos picture pictures pics image images img camera cameras roll dcim video
    videos movies clips album albums gallery raw raws jpg jpeg png heic original originals edited
    edits export exports exported import imported scan scans scanned screenshot screenshots selfie
    selfies portrait portraits wallpaper wallpapers thumbnails new old other others misc miscellaneous
    various temp tmp backup backups archive copy folder files untitled unsorted sorted favorites
    favourites best all download downloads desktop documents phone iphone android samsung galaxy
    whatsapp telegram instagram facebook messenger kakaotalk line snapchat signal family friends
    people kids children baby babies pets dog dogs cat cats work office school university home house
    garden holiday holidays vacation trip trips travel tour hiking camping beach sea lake mountain
    mountains forest city zoo museum party parties birthday wedding weddings anniversary christmas
    xmas easter halloween thanksgiving graduation concert festival event events ceremony reunion train
    test val valid validation dataset data faces known unknown
"""
KOREAN = """
    사진 그림 이미지 카메라 앨범 갤러리 동영상 비디오 영상 스크린샷 캡처 셀카 원본 보정 보정본 편집
    내보내기 가져오기 백업 복사본 폴더 새 기타 임시 다운로드 바탕화면 문서 휴대폰 핸드폰 아이폰 갤럭시
    카카오톡 카톡 인스타 인스타그램 페이스북 텔레그램 가족 친구 친구들 사람 사람들 아이 아이들 아기
    강아지 고양이 회사 학교 유치원 어린이집 대학 집 여행 휴가 방학 소풍 등산 캠핑 바다 산 공원 동물원
    박물관 생일 생일파티 돌잔치 돌 결혼 결혼식 웨딩 졸업 졸업식 입학 입학식 운동회 크리스마스 추석
    설날 설 명절 봄 여름 가을 겨울 행사 공연 축제 모임 회식 데이터 얼굴 학습 시험
"""
NOBODY = frozenset((*ENGLISH.split(), *KOREAN.split()))


def people_among(paths: Iterable[str]) -> list[str]:
    """Return the names of folders if all that hold pictures look like people's, else nothing.

    `paths` are of files, with "/", within what was dropped.
    """
    found = [
        (path, Path())
        for path in paths
        if is_photo(path) and not any(map(is_hidden, path.split("/")))
    ]
    listing = arranged(found, wrapped=True)
    if listing.layout != Layout.FOLDERS or listing.left_out:
        return []
    counts = Counter(picture.name for picture in listing.pictures)
    if len(counts) < FEWEST_PEOPLE or max(counts.values()) > MOST_PICTURES:
        return []
    return listing.names if all(map(_may_be_called, counts)) else []


def _may_be_called(name: str) -> bool:
    """Tell whether a person may be called so."""
    plain = tidied(name)
    words = [word for word in NO_LETTER.split(plain.casefold()) if word]
    if not words or len(words) > MOST_WORDS or len(plain) > MOST_LETTERS:
        return False
    has_digits = any(letter.isdigit() for letter in plain)
    return not has_digits and NOBODY.isdisjoint(words)
