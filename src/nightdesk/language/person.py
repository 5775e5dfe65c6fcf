"""People's names: what is a name, and how to address its bearer."""

from __future__ import annotations

import re

from nightdesk.language.tokens import fold_in_place

_COMPOUND = [
    "欧阳",
    "司徒",
    "上官",
    "诸葛",
    "司马",
    "东方",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "端木",
    "长孙",
    "宇文",
    "南宫",
]
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方俞任"
    "袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余顾孟黄穆萧尹姚邵汪毛戴宋庞熊纪舒屈项祝董梁"
    "杜阮蓝闵季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房丁邓洪包左石崔吉龚程邢裴陆翁段侯秋仇温庄"
    "晏柴瞿阎慕连艾容古易廖耿曾关冼甄麦区丘简练游赖詹叶肖白龙文向涂付代牟晋"
    "刘谭欧覃乔巫池桂靳牛娄岳燕敖卓焦谷车宫宁甘厉武符景黎蒲屠蒙阴姬申冉桑濮边茹习佟战苗阳"
    "邝储辛鄢仝翁祝邢鲍裘缪甄麻封芮羿靖汲邴松段富焦巴牧隗仰宓蓬郗仉督岑籍卓蔺胥苍党翟贡逄扶堵宰郦雍璩"
    "卜狄敬米祁臧席湛禹贝伏谈茅刁虞昝解宗宣贲郁杭诸钮嵇荀糜井乌弓班仲伊栾戎祖束司郜蓟宿怀邰从鄂索咸劳农宦慎戈庾"
    "步暨衡弘阙隆冷查权盖言楚亓凃佴闫商苑原谌迟苟沐裘毋辛饶"
    "寿扈冀郏尚庄柴阎艾鱼耿匡寇欧殳沃蔚夔巩厍聂晁勾敖訾阚饶曾沙乜鞠丰巢蒯荆游竺逯桓"
)
_TITLE = re.compile(
    r"(?:先生|女士|小姐|太太|师傅|老师|经理|主任|医生|老板|同学|阿姨|大哥|大姐|总|工|生|姐|哥|"
    r"叔|姨|伯|sir|小朋友)$"
)
_ENGLISH_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|mme|m)\.?\s+", re.I)
_LEAD = re.compile(
    r"^(?:我?的?(?:名字|姓名|全名)?(?:叫做?|係|是|系)|我姓|免贵姓?|收货人|收件人|联系人|名字|"
    r"姓名|人名|"
    r"my name is|name is|name|i am|i'm|it's|this is|call me|for)[:\s:]*",
    re.I,
)
_TAIL = re.compile(r"(?:收|签收|啦|啊|呀|的|嘅|吧|哈|哦)$")
_NAME_HAN = re.compile(r"[\u4e00-\u9fff·]{1,12}")
_NAME_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ.'’-]*(?: [A-Za-zÀ-ɏ][A-Za-zÀ-ɏ.'’-]*){0,4}")
_NO_NAME = re.compile(
    r"^(?:我|你|他|她|它|咱|俺|谁|没有|不|是|好|对|嗯|算|要|改|换|取消|随便|保密|老公|老婆|"
    r"客服|人工|同上|yes|no|ok|okay|me|"
    r"none|same|cancel|stop|hello|hi|what|why|help|human|agent)"
)


def parse_person(text: str) -> str | None:
    """The name in ``text``, the answer to "what is your name"; None if there is none.

    Titles are kept with a bare surname (``张先生``), as its bearer is addressed, and dropped from
    a full name (``张伟先生`` → ``张伟``, ``Mr. Smith`` → ``Smith``).
    """
    plain = re.sub(r"\s+", " ", text).strip().strip(",，。.!！~")
    plain = _LEAD.sub("", plain).strip()
    if len(plain) > 40 or not plain:
        return None
    folded = fold_in_place(plain)
    if _NO_NAME.match(folded):
        return None
    if _NAME_HAN.fullmatch(plain):
        return _han(plain)
    bare = _ENGLISH_TITLE.sub("", plain)
    if _NAME_LATIN.fullmatch(bare):
        return bare if not bare.islower() else bare.title()
    mixed = re.fullmatch(
        r"([\u4e00-\u9fff]{1,4}) ?([A-Za-z]{2,20})|([A-Za-z]{2,20}) ?([\u4e00-\u9fff]{1,4})", plain
    )
    return plain if mixed else None


def _han(plain: str) -> str | None:
    name = plain if len(plain) <= 2 else _TAIL.sub("", plain)
    title = _TITLE.search(name)
    if title and len(name) - len(title[0]) >= 2 and len(title[0]) > 1:
        name = name[: title.start()]
    return name if len(name) <= 12 else None


def surname(name: str) -> str:
    """The family name of a Chinese name, the last word of another; empty if unknown."""
    if re.match(r"[\u4e00-\u9fff]", name):
        folded = fold_in_place(name)
        if folded[:2] in _COMPOUND:
            return name[:2]
        return name[:1] if folded[:1] in SURNAMES else ""
    return name.split()[-1] if name.split() else ""


_HAN_BEFORE = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=收件)|(?<=收货)|(?<=件人)|(?<=货人)|(?<=系人)|(?<=[叫是姓给喊]))"
    r"(?:发给?|寄给?)?([\u4e00-\u9fff]{2,4})[\s,，:：]*(?:手机号?码?|电话号?码?|号码)?[是为\s:：]*$"
)
_HAN_AFTER = re.compile(r"[\s,，]*([\u4e00-\u9fff]{2,4})(?=[\s,，。;；]|$)")
_LATIN_PART = r"[A-Z][A-Za-zÀ-ɏ'’-]*\.?"
_LATIN_LABEL = (
    r"(?:(?:and )?(?:the |my )?(?:[Pp]hone|[Tt]el|[Mm]obile|[Cc]ell|[Nn]umber)"
    r"(?: number)?(?: is)?)?"
)
_LATIN_BEFORE = re.compile(
    r"(?:(?<=^)|(?<=[,.;!:\n] )|(?<=\b[Ii]s )|(?<=\b[Aa]m )|(?<=\b[Ii]'m )|(?<=[Nn]ame )"
    r"|(?<=\b[Tt]o )|(?<=\b[Ff]or ))"
    rf"({_LATIN_PART}(?: {_LATIN_PART}){{1,3}})[\s,:]*"
    rf"{_LATIN_LABEL}[\s,:]*$"
)
_MIXED_BEFORE = re.compile(
    r"(?<![A-Za-z\u4e00-\u9fff])(?:收件人?|收货人?|我叫|叫)?"
    r"([A-Za-z]{2,20} ?[\u4e00-\u9fff]{1,2}|[\u4e00-\u9fff]{1,2} ?[A-Z][a-z]{1,20})[\s,，:：]*$"
)
_LATIN_AFTER = re.compile(rf"[\s,]*({_LATIN_PART}(?: {_LATIN_PART}){{1,3}})(?=[,.;\n]|$)")


def beside(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a bare name stands next to ``text[start:end]``, a telephone number.

    ``汤显文 139…``, ``139… 曹颖``, ``I am Wendy Guo, 138…``.
    """
    folded = fold_in_place(text)
    before, after = _HAN_BEFORE.search(folded[:start]), _HAN_AFTER.match(folded, end)
    places = [before and before.span(1), after and after.span(1)]
    for place in filter(None, places):
        name = text[slice(*place)]
        if surname(name) and not name.startswith("谢谢"):
            return place
    latin = _LATIN_BEFORE.search(text[:start]) or _LATIN_AFTER.match(text, end)
    mixed = _MIXED_BEFORE.search(text[:start])
    found = latin or (mixed if mixed and surname(_han_of(mixed[1])) else None)
    return found.span(1) if found else None


def _han_of(name: str) -> str:
    """The Chinese characters of a name in both scripts (``Vivian 钟``)."""
    return re.sub(r"[^\u4e00-\u9fff]", "", name)


def is_plausible(name: str) -> bool:
    """Whether a Chinese name begins with a surname, or a nickname's 阿, 小 or 老; others pass."""
    if not re.match(r"[\u4e00-\u9fff]", name):
        return True
    return bool(surname(name)) or name[0] in "阿小老大"
