"""Domains that a private zone must not take over: a hosted zone answers for its name and for all below it.

A private zone hides from its VPC what the public DNS has at and below the zone's name. A short part of the Public
Suffix List says what is nobody's own domain: its two-label suffixes of country codes that begin with a usual word. The
whole list is seven times as much, and changes every week; what is missing here is taken for a registered domain.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html,
    https://publicsuffix.org/list/
"""

from __future__ import annotations

from latticelink.errors import Report
from latticelink.values.dns import is_never_public
from latticelink.values.tokens import is_known

_ZONE_SOURCE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html"
_SUFFIX_SOURCE = "https://publicsuffix.org/list/"

_SECOND_LEVELS = {
    word: frozenset(countries.split())
    for word, countries in {
        "ac": "ae at be ci cn cr cy fj gn id il im in ir jp ke kr lk ls ma me mu mw mz ni nz pa pr rs rw se sz "
        "th tj tz ug uk vn za zm zw",
        "co": "ae ag am ao at bb bi bj bw ci cl cm cr gg gl gy hu id il im in ir it je jp ke kr lc ls ma me mg "
        "mu mw mz na ni nz om pn pw rs rw st sz th tj tm tt tz ug uk us uz ve vi za zm zw",
        "com": "ac af ag ai al am ar au aw az ba bb bh bi bj bm bn bo br bs bt by bz ci cm cn co cu cv cw cy dm "
        "do dz ec ee eg es et fj fm fr ge gh gi gl gn gp gr gt gu gy hk hn hr ht im in io iq is jo kg ki "
        "km kp kw ky kz la lb lc lk lr lv ly mg mk ml mo ms mt mu mv mw mx my na nf ng ni nr om pa pe pf "
        "ph pk pl pr ps pt py qa re ro sa sb sc sd sg sh sl sn so ss st sv sy tj tm tn to tr tt tw ua ug "
        "uy uz vc ve vi vn vu ws ye zm",
        "edu": "ac af al ar au az ba bb bh bi bj bm bn bo br bs bt bz ci cn co cu cv cw dm do dz ec ee eg es et "
        "fm gd ge gh gi gl gn gp gr gt gu gy hk hn ht in iq is it jo kg ki km kn kp kw ky kz la lb lc lk "
        "lr ls lv ly me mg mk ml mn mo ms mt mv mw mx my mz ng ni nr om pa pe pf ph pk pl pn pr ps pt py "
        "qa rs sa sb sc sd sg sl sn so ss st sv sy tj tm to tr tt tw ua uy vc ve vn vu ws ye za zm",
        "go": "ci cr id it jp ke kr pw th tj tz ug",
        "gob": "ar bo cl do ec es gt hn mx ni pa pe pk sv ve",
        "gouv": "ci fr ht km ml sn",
        "gov": "ac ae af al ar as au az ba bb bf bh bm bn br bs bt by bz cd cl cm cn co cu cx cy dm do dz ec ee "
        "eg et fj gd ge gh gi gn gr gu gy hk ie il in iq ir is it jo kg ki km kn kp kw kz la lb lc lk lr "
        "ls lt lv ly ma me mg mk ml mn mo mr ms mu mv mw my mz ng nr om ph pk pl pn pr ps pt py qa rs rw "
        "sa sb sc sd sg sh sl so ss sx sy tj tl tm tn to tr tt tw ua uk vc ve vn ws ye za zm zw",
        "id": "au ir lv ly us",
        "info": "au az bb bj bo co ec et fj gu ht hu in ke ki la ls mv na nf ni nr pk pl pr ro sd tn tr tt tz ve vn zm",
        "ltd": "cy gi lk uk",
        "me": "in it ke so ss tz uk us",
        "mil": "ac ae al ar az ba bo br by cl cn co cy do ec eg fj ge gh gt hn id in iq jo kg km kr kz lv mg mv "
        "my mz ng ni no nz pe ph pl py qa rw sh st sy tj tm to tr tw tz uy vc ve ye za zm zw",
        "ne": "jp ke kr pw tz ug us",
        "net": "ac ae af ag ai al am ar au az ba bb bh bj bm bn bo br bs bt bz ci cm cn co cu cw cy dm do dz ec "
        "eg et fj fm ge gg gl gn gp gr gt gu gy hk hn ht id il im in iq ir is je jo kg ki kn kw ky kz la "
        "lb lc lk lr ls lv ly ma me mk ml mo ms mt mu mv mw mx my mz nf ng ni nr nz om pa pe ph pk pl pn "
        "pr ps pt py qa rw sa sb sc sd sg sh sl so ss st sy th tj tm tn to tr tt tw ua uk uy uz vc ve vi "
        "vn vu ws ye za zm",
        "nom": "ad ag co es fr km mg nc ni pa pe pl re ro tm ve za",
        "or": "at bi ci cr id it jp ke kr mu na pw th tz ug us",
        "org": "ac ae af ag ai al am ar au az ba bb bh bi bj bm bn bo br bs bt bw bz ci cn co cu cv cw cy dm do "
        "dz ec ee eg es et fj fm ge gg gh gi gl gn gp gr gt gu gy hk hn ht hu il im in iq ir is je jo kg "
        "ki km kn kp kw ky kz la lb lc lk lr ls lv ly ma me mg mk ml mn mo ms mt mu mv mw mx my mz na ng "
        "ni nr nz om pa pe pf ph pk pl pn pr ps pt py qa ro rs rw sa sb sc sd se sg sh sl sn so ss st sv "
        "sy sz tj tm tn to tr tt tw ua ug uk uy uz vc ve vi vn vu ws ye za zm zw",
        "plc": "ly uk",
        "sch": "ae id ir jo lk ly ng qa sa ss zm",
    }.items()
}

_EVERY_SECOND_LEVEL = frozenset(("bd", "ck", "er", "fk", "jm", "kh", "mm", "np", "pg"))
"""Country codes below which every name of two labels is a suffix, but for a few."""

_OF_AWS = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "amazoncognito.com",
    "amplifyapp.com",
    "aws",
    "aws.amazon.com",
    "aws.com",
    "aws.dev",
    "awsapprunner.com",
    "awsapps.com",
    "awsglobalaccelerator.com",
    "awsstatic.com",
    "cloudfront.net",
    "compute.internal",
    "ec2.internal",
    "elasticbeanstalk.com",
)
"""Below these are names of AWS's services, endpoints and instances, and of what customers run on them."""


def refuse_taking_over(report: Report, argument: str, zone: str) -> None:
    """Refuse a private zone that would hide the names of others: a public suffix, or a domain of AWS."""
    if not is_known(zone):
        return
    if is_public_suffix(zone):
        report.refuse(
            argument,
            zone,
            rule="A private zone answers for its name and all names below it in the whole VPC; this one is a public "
            "suffix, under which others have their domains.",
            fix=f"Give the zone another label, such as 'shared.{zone if '.' in zone else 'internal'}'.",
            source=f"{_ZONE_SOURCE} and {_SUFFIX_SOURCE}",
        )
    elif any(f".{zone}".endswith(f".{domain}") or f".{domain}".endswith(f".{zone}") for domain in _OF_AWS):
        report.refuse(
            argument,
            zone,
            rule=(
                "A private zone answers for its name and all names below it in the whole VPC; these include AWS's "
                "own names."
            ),
            fix="Choose a name below a domain of your own, such as 'shared.internal'.",
            source=_ZONE_SOURCE,
        )


def is_public_suffix(name: str) -> bool:
    """Return whether domains are registered directly below `name`; every top level counts."""
    *others, top = name.split(".")
    if not others:
        return True
    return len(others) == 1 and (top in _EVERY_SECOND_LEVEL or top in _SECOND_LEVELS.get(others[0], ()))


def is_registered_domain(name: str) -> bool:
    """Return whether `name` is what somebody registers in the public DNS: one label more than a public suffix."""
    _, _, above = name.partition(".")
    return bool(above) and not is_never_public(name) and is_public_suffix(above) and not is_public_suffix(name)
