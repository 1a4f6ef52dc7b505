"""The languages of the pages: Chinese is what is written, English is looked up in `translations/en.po`.

speech = speech_of("en"); speech.gettext("登录") == "Log in"
"""

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"zh": "中文", "en": "English"}
TRANSLATIONS = Path(__file__).with_name("translations")


@cache
def speech_of(language: str) -> gettext.NullTranslations:
    """The translations of a language; Chinese and unknown ones leave every sentence as it is written."""
    file = TRANSLATIONS / f"{language}.po"
    if language not in LANGUAGES or not file.exists():
        return gettext.NullTranslations()
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
