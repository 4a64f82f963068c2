"""What languages are called: their codes of two letters (ISO 639-1), of three (ISO 639-2, where it has two codes both), and English names."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["NAMES"]

# A line for each language: its code, its codes of three letters, and after a colon its names.
_TABLE = """
af afr: afrikaans
am amh: amharic
ar ara arb arz ary: arabic
as asm: assamese
az aze: azerbaijani, azeri
be bel: belarusian, byelorussian
bg bul: bulgarian
bn ben: bengali, bangla
bo tib bod: tibetan
br bre: breton
bs bos: bosnian
ca cat: catalan, valencian
cs cze ces: czech
cy wel cym: welsh
da dan: danish
de ger deu: german
el gre ell: greek, modern greek
en eng: english
eo epo: esperanto
es spa: spanish, castilian
et est: estonian
eu baq eus: basque
fa per fas pes: persian, farsi
fi fin: finnish
fo fao: faroese
fr fre fra: french
fy fry: frisian, western frisian
ga gle: irish
gd gla: scottish gaelic
gl glg: galician
gu guj: gujarati
ha hau: hausa
he heb iw: hebrew
hi hin: hindi
hr hrv: croatian
ht hat: haitian, haitian creole
hu hun: hungarian
hy arm hye: armenian
id ind in: indonesian
ig ibo: igbo
is ice isl: icelandic
it ita: italian
ja jpn: japanese
jv jav: javanese
ka geo kat: georgian
kk kaz: kazakh
km khm: khmer
kn kan: kannada
ko kor: korean
ku kur: kurdish
ky kir: kyrgyz, kirghiz
la lat: latin
lb ltz: luxembourgish
lo lao: lao
lt lit: lithuanian
lv lav: latvian
mg mlg: malagasy
mk mac mkd: macedonian
ml mal: malayalam
mn mon: mongolian
mr mar: marathi
ms may msa: malay
mt mlt: maltese
my bur mya: burmese
nb nob: norwegian bokmål, bokmål
ne nep: nepali
nl dut nld: dutch, flemish
nn nno: norwegian nynorsk, nynorsk
no nor: norwegian
oc oci: occitan
or ori: oriya, odia
pa pan: punjabi, panjabi
pl pol: polish
ps pus: pashto
pt por: portuguese
qu que: quechua
ro rum ron mo: romanian, moldavian
ru rus: russian
rw kin: kinyarwanda
sa san: sanskrit
si sin: sinhala, sinhalese
sk slo slk: slovak
sl slv: slovenian, slovene
so som: somali
sq alb sqi: albanian
sr srp: serbian
sv swe: swedish
sw swa: swahili
ta tam: tamil
te tel: telugu
tg tgk: tajik
th tha: thai
ti tir: tigrinya
tk tuk: turkmen
tl tgl fil: tagalog, filipino
tr tur: turkish
tt tat: tatar
ug uig: uyghur, uighur
uk ukr: ukrainian
ur urd: urdu
uz uzb uzs: uzbek
vi vie: vietnamese
wuu: wu
xh xho: xhosa
yi yid ji: yiddish
yo yor: yoruba
yue: cantonese
zh chi zho cmn: chinese, mandarin, mandarin chinese
zu zul: zulu
"""


def _read_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        codes, _, spoken = line.partition(":")
        code, *others = codes.split()
        names.update(dict.fromkeys((code, *others, *map(str.strip, spoken.split(","))), code))
    return names


# The code for each code and English name, all in lower case.
NAMES: MappingProxyType[str, str] = MappingProxyType(_read_names())
