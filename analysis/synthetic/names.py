"""What made people are called: family and given names of several languages, put together by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.synthetic.spreads import Flags, Numbers


@dataclass(frozen=True, slots=True)
class Language:
    """Family names, and given names of men and women, apart by spaces; how a name is put together."""

    family: str
    men: str
    women: str
    written: str = "{given} {family}"

    def name(self, family: int, given: int, is_male: bool) -> str:
        """Return the name that these numbers, of any size, stand for."""
        families, givens = self.family.split(), (self.men if is_male else self.women).split()
        return self.written.format(
            family=families[family % len(families)], given=givens[given % len(givens)]
        )


KOREAN = Language(
    "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 홍 전 고 문 손 배 백 허 남 심 노",
    "서준 민준 도윤 예준 시우 하준 주원 지호 지후 준서 현우 동현 성민 영호 정훈 상우 태현 재민 승현 우진 "
    "민재 건우 은우 유찬 승우 시윤 준혁 은찬 지환 승민 지우 유준 진우 민성 준우 도현 상현 영수 경수 성호",
    "서연 서윤 지우 서현 하은 하윤 민서 지유 윤서 채원 수빈 지민 은지 혜진 미영 영희 순자 정숙 유진 수아 "
    "예은 다은 소율 예린 지아 나은 시은 채은 유나 가은 수민 예서 민지 현정 은영 경희 명자 선영 지연 소영",
    "{family}{given}",
)
ENGLISH = Language(
    "Smith Jones Taylor Brown Wilson Evans Walker Wright Green Hall Wood Clarke Hughes Edwards Turner "
    "Cooper Ward Morris Baker Scott Young King Hill Parker Lewis Allen Price Bennett Gray Cook",
    "Oliver George Jack Noah Arthur Leo Henry Thomas James William David Michael Robert John Peter Samuel",
    "Amelia Isla Ava Emily Grace Freya Florence Alice Emma Sophie Mary Susan Linda Karen Helen Ruth",
)
SPANISH = Language(
    "García Fernández González López Martínez Sánchez Pérez Gómez Jiménez Ruiz Díaz Moreno Álvarez Romero",
    "Antonio Manuel José Javier Carlos Alejandro Miguel Rafael Pablo Sergio Ángel Luis Mateo Hugo",
    "María Carmen Ana Isabel Laura Cristina Marta Dolores Lucía Elena Pilar Rosa Sofía Paula",
)
OTHERS = Language(
    "Müller Schmidt Nguyễn Trần Okafor Mensah Ivanov Novák Rossi Ferrari Dubois Moreau Yamada Suzuki Wang "
    "Zhang Sharma Patel Haddad Kaya",
    "Jonas Lukas Minh Kwame Dmitri Jan Marco Luca Hugo Kenji Wei Arjun Omar Emre Felix Ravi",
    "Anna Lena Linh Ama Olga Eva Giulia Chiara Chloé Yuki Mei Priya Layla Elif Nora Ida",
)
LANGUAGES = (KOREAN, ENGLISH, SPANISH, OTHERS)
SHARES = (0.6, 0.2, 0.1, 0.1)


def names(random: np.random.Generator, families: Numbers, is_male: Flags) -> list[str]:
    """Return a name for each person. Those of a family share one; namesakes happen, as they do."""
    count = int(families[-1]) + 1
    languages = random.choice(len(LANGUAGES), size=count, p=SHARES).tolist()
    surnames = random.integers(1 << 30, size=count).tolist()
    given = random.integers(1 << 30, size=len(families)).tolist()
    people = zip(families.tolist(), given, is_male.tolist(), strict=True)
    return [
        LANGUAGES[languages[family]].name(surnames[family], number, male)
        for family, number, male in people
    ]
