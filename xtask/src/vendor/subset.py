"""Cuts the two fonts that the pages load out of the variable font they come from, under a name of our own.

The licence reserves the original's name for the original, so every record that names the font is replaced; the
copyright and the licence stay in it.

    python3 subset.py <PretendardVariable.ttf> <folder for the woff2 files>
"""

import os
import sys

# The head's time of modification, fixed: the same input gives the same bytes.
os.environ["SOURCE_DATE_EPOCH"] = "1795132800"

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FAMILY = "Steelyard Sans"
WEIGHTS = (400, 700)
# Records of the name table that hold the font's name: family, unique id, full name, PostScript name, trademark,
# typographic family, and the prefix of the instances' PostScript names.
NAMES = {1: FAMILY, 3: f"{FAMILY} {{part}}", 4: FAMILY, 6: FAMILY.replace(" ", ""), 16: FAMILY, 25: FAMILY.replace(" ", "")}
DROPPED = {7, 11, 18, 21, 22}

# Printable ASCII, and what our sentences use beside it.
LATIN = [*range(0x20, 0x7F), *map(ord, "\u00a0·×÷±°–—‘’“”•…₩€¥£→←↑↓−✓")]
# The 2 350 syllables of KS X 1001, the jamo that stand for initial consonants in a search, and Korean punctuation.
HANGUL = [ord(bytes([row, cell]).decode("euc-kr")) for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)]
HANGUL += [*range(0x3131, 0x3164), *map(ord, "、。「」『』〈〉《》【】")]


def cut(source: str, target: str, part: str, characters: list[int]) -> None:
    font = TTFont(source, recalcTimestamp=False)
    instancer.instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
    options = subset.Options(
        layout_features=["kern", "tnum", "ccmp", "locl", "calt", "mark", "mkmk"],
        flavor="woff2",
        name_IDs=["*"],
        name_languages=[0x409],
        notdef_outline=True,
        hinting=False,
        desubroutinize=True,
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    names = font["name"]
    names.names = [record for record in names.names if record.nameID not in DROPPED]
    for record in names.names:
        if record.nameID in NAMES:
            record.string = NAMES[record.nameID].format(part=part)
    for record in names.names:
        if record.nameID not in (0, 13, 14) and "pretendard" in record.toUnicode().lower():
            record.string = record.toUnicode().replace("PretendardVariable", FAMILY.replace(" ", "")).replace(
                "Pretendard Variable", FAMILY
            ).replace("Pretendard", FAMILY)
    font.flavor = "woff2"
    font.save(target)


source, folder = sys.argv[1:]
cut(source, f"{folder}/steelyard-sans-latin.woff2", "Latin", LATIN)
cut(source, f"{folder}/steelyard-sans-hangul.woff2", "Hangul", HANGUL)
