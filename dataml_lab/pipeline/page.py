"""A page that stands alone: it loads nothing and runs no program; it is light or dark as the reader's system is."""

from html import escape

SAFE = "default-src 'none'; style-src 'unsafe-inline'"
LIGHT = ("--paper:#fff;--ink:#222;--quiet:#5c5c5c;--rule:#c8c8c8;--line:#0072b2;--alarm:#d55e00;--alarm-ink:#a34700;"
         "--area:rgba(0,114,178,.13);--past:rgba(128,128,128,.16)")
DARK = ("--paper:#15181d;--ink:#e8e8e8;--quiet:#b0b0b0;--rule:#555;--line:#56b4e9;--alarm:#e69f00;--alarm-ink:#f0b429;"
        "--area:rgba(86,180,233,.2);--past:rgba(160,160,160,.16)")
STYLE = """
.drift{color:var(--ink);background:var(--paper);font:16px/1.5 sans-serif;max-width:64rem;margin:0 auto;padding:1rem;
overflow-wrap:anywhere}
.drift a:any-link{color:var(--line)!important}.drift a:focus-visible,.drift summary:focus-visible,
.drift [tabindex]:focus-visible{outline:3px solid var(--alarm);outline-offset:2px}
.drift h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}.drift h2{font-size:1.25rem;margin:2rem 0 .5rem}
.drift h3{font-size:1.05rem;margin:1.8rem 0 0}.drift p{margin:.3rem 0}
.drift .key{margin-top:1.5rem}.drift .quiet{color:var(--quiet)}.drift strong.alarm{color:var(--alarm-ink)}
.drift .day{white-space:nowrap}.drift .skip{position:absolute;left:-99rem}.drift .skip:focus{position:static}
.drift .rows{list-style:none;padding:0;margin:.5rem 0}
.drift .rows li{display:grid;grid-template-columns:minmax(0,15rem) minmax(0,1fr) minmax(0,16rem);gap:0 1rem;
align-items:center;border-top:1px solid var(--rule);padding:.35rem 0}
.drift .scroll{overflow-x:auto}
.drift table{border-collapse:collapse;font-size:.95rem;overflow-wrap:break-word}
.drift th,.drift td{border-top:1px solid var(--rule);padding:.3rem .9rem .3rem 0;text-align:left;
vertical-align:top;background:none}
.drift td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.drift .chart{padding:1.5rem 7rem 1.7rem 3.6rem}.drift .plot{position:relative;height:11rem;
border-left:1px solid var(--quiet);border-bottom:1px solid var(--quiet)}
.drift .plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.drift svg path{vector-effect:non-scaling-stroke;fill:none}
.drift path.value{stroke:var(--line);stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
.drift .plot span{position:absolute;font-size:.85rem;line-height:1.2;white-space:nowrap}
.drift .plot .y{right:calc(100% + .4rem);transform:translateY(-50%)}
.drift .plot .x{top:calc(100% + .35rem);transform:translateX(-50%)}
@media(max-width:40rem){.drift{padding:.6rem}.drift .rows li{grid-template-columns:minmax(0,1fr)}
.drift .plot .more{display:none}.drift .chart{padding:1.5rem .3rem 1.7rem 3rem}}
@media(forced-colors:active){.drift path.value{stroke:CanvasText}}
@media print{.drift section{break-inside:avoid}}
"""


def page(title: str, body: str, style: str = "") -> str:
    """The page with this title as its heading, what stands below it as HTML, and rules of its own for its style."""
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{SAFE}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>:root{{color-scheme:light dark;{LIGHT}}}@media(prefers-color-scheme:dark){{:root{{{DARK}}}}}"
            f"body{{margin:0;background:var(--paper)}}{STYLE}{style}</style></head>"
            f'<body><main class="drift"><h1>{escape(title)}</h1>{body}</main></body></html>\n')


def scrolled(name: str, table: str) -> str:
    """A table that can be scrolled, with the keyboard too; a screen reader says its name."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">{table}</div>'
