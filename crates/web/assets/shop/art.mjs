// Six drawings by hand, of shapes whose colours shop.css gives: they follow the theme. Each stands on the line y=168.

import { drawing } from './dom.mjs';

const HALLABONG = `
<path class="f-shade" d="M138 168c-28 0-47-17-47-44 0-24 17-40 36-43 2-7 4-15 11-15s10 8 12 15c19 4 34 19 34 43 0 27-18 44-46 44z"/>
<path class="f-fruit" d="M134 168c-26-1-43-18-43-44 0-24 17-40 36-43 2-7 4-15 11-15s10 8 12 15c14 3 26 12 31 26 3 34-17 56-47 61z"/>
<path class="f-leaf" d="M139 66c2-14 14-24 33-24-1 17-14 26-33 24z"/>
<path class="ln" d="M138 67c6-9 15-15 26-19M138 67v-9"/>
<path class="ln soft" d="M128 82c3 3 6 4 10 4s8-1 11-4M104 112c2-6 5-10 9-13"/>
<g class="dots"><circle cx="120" cy="128" r="1.6"/><circle cx="136" cy="112" r="1.6"/><circle cx="150" cy="136" r="1.6"/><circle cx="132" cy="146" r="1.6"/><circle cx="112" cy="142" r="1.6"/><circle cx="160" cy="116" r="1.6"/></g>
<path class="f-fruit" d="M28 168a34 34 0 0 1 68 0z"/><path class="f-cream" d="M33 168a29 29 0 0 1 58 0z"/>
<g class="f-pulp"><path d="M60 164 38 163c1-6 3-11 6-15z"/><path d="M61 162 47 145c4-4 8-6 13-7z"/><path d="M64 162l1-24c5 1 9 3 13 7z"/><path d="M65 164l16-16c3 4 5 9 6 15z"/></g>`;

const TANGERINE = `
<path class="f-fruit" d="M74 128c0-21 15-34 34-34s34 13 34 34-15 32-34 32-34-11-34-32z"/>
<path class="f-leaf" d="M108 94c-2-11-11-18-24-18 1 12 10 19 24 18z"/><path class="ln" d="M108 95c0-6 1-10 4-14"/>
<path class="f-shade" d="M136 138c0-19 14-31 32-31s31 12 31 31-14 30-32 30-31-11-31-30z"/>
<path class="f-fruit" d="M136 138c0-19 14-31 32-31 12 0 22 5 27 14-1 25-14 40-38 46-13-4-21-14-21-29z"/>
<path class="ln" d="M168 108l3-6 5 4 6-3"/>
<path class="f-shade" d="M40 140c0-18 13-29 30-29s30 11 30 29-13 28-30 28-30-10-30-28z"/>
<path class="f-fruit" d="M40 140c0-18 13-29 30-29 11 0 20 5 25 13 0 23-12 37-35 43-12-4-20-13-20-27z"/>
<path class="ln" d="M70 112l-4-5 6 1 4-4"/>
<path class="ln soft" d="M52 132c2-5 5-8 9-10M148 129c2-5 6-8 10-10M86 116c3-5 6-8 10-9"/>
<g class="dots"><circle cx="66" cy="146" r="1.5"/><circle cx="78" cy="136" r="1.5"/><circle cx="164" cy="144" r="1.5"/><circle cx="176" cy="132" r="1.5"/><circle cx="114" cy="114" r="1.5"/><circle cx="124" cy="124" r="1.5"/></g>`;

const BARLEY = `
<path class="f-glass" d="M82 62h62l8 96c0 6-4 10-10 10H84c-6 0-10-4-10-10z"/>
<path class="f-tea" d="M80.5 88h65.500l6 70c0 6-4 10-10 10H84c-6 0-10-4-10-10z"/>
<path class="f-tea2" d="M80.5 88h65.500l.5 7c-22 5-44-4-67 2z"/>
<path class="ln" d="M82 62h62l8 96c0 6-4 10-10 10H84c-6 0-10-4-10-10z"/><path class="f-glass lip" d="M66 50c8-1 13 1 17 4h58c4 0 4 9 0 9H83c-3-6-8-11-17-13z"/>
<path class="ln" d="M146 84c22-5 34 6 32 26-2 18-13 28-29 29"/>
<path class="ln shine" d="M92 100l-4 50"/>
<g class="f-straw"><path d="M196 168c0-30-4-58 6-86"/><path d="M208 168c-2-24 0-46 10-66"/></g>
<g class="f-grain"><ellipse cx="202" cy="77" rx="4" ry="8" transform="rotate(16 202 77)"/><ellipse cx="194" cy="88" rx="4" ry="8" transform="rotate(-18 194 88)"/><ellipse cx="206" cy="93" rx="4" ry="8" transform="rotate(34 206 93)"/><ellipse cx="193" cy="104" rx="4" ry="8" transform="rotate(-18 193 104)"/><ellipse cx="203" cy="110" rx="4" ry="8" transform="rotate(34 203 110)"/><ellipse cx="219" cy="98" rx="3.5" ry="7" transform="rotate(22 219 98)"/><ellipse cx="212" cy="108" rx="3.5" ry="7" transform="rotate(-10 212 108)"/><ellipse cx="220" cy="115" rx="3.5" ry="7" transform="rotate(38 220 115)"/></g>
<g class="f-grain"><ellipse cx="40" cy="165" rx="7" ry="3.5"/><ellipse cx="54" cy="163" rx="7" ry="3.5" transform="rotate(-20 54 163)"/><ellipse cx="26" cy="164" rx="6" ry="3" transform="rotate(15 26 164)"/></g>`;

const CUP = `
<path class="f-clay" d="M68 84h92c0 34-6 58-18 70H86C74 142 68 118 68 84z"/>
<path class="f-glaze" d="M68 84h92c0 10 0 18-1.5 26-9 8-18-3-28 4s-18-3-29 2-20-2-32-4c-1.5-8-1.5-18-1.5-28z"/>
<ellipse class="f-rim" cx="114" cy="84" rx="46" ry="11"/><ellipse class="f-tea" cx="114" cy="86" rx="38" ry="7.5"/>
<path class="f-clay2" d="M90 154h48l3 14H87z"/>
<path class="ln soft" d="M84 130c2 8 5 14 8 18"/>
<path class="ln steam" d="M100 66c-6-8 6-12 0-21M116 62c-6-8 6-13 0-23M132 66c-6-8 6-12 0-21"/>
<path class="f-clay" d="M168 128h44c0 18-3 29-9 34h-26c-6-5-9-16-9-34z"/><path class="f-glaze" d="M168 128h44c0 6 0 10-1 14-9 4-14-2-21 1s-14 1-21-2c-1-4-1-8-1-13z"/><ellipse class="f-rim" cx="190" cy="128" rx="22" ry="5.5"/><path class="f-clay2" d="M179 161h22l1 7h-24z"/>`;

const SESAME = `
<path class="f-oil" d="M92 92c0-9 12-12 14-24V50h28v18c2 12 14 15 14 24v68c0 5-3 8-8 8h-40c-5 0-8-3-8-8z"/>
<path class="f-oil2" d="M134 50v18c2 12 14 15 14 24v68c0 5-3 8-8 8h-10c8-40 6-80-2-118z"/>
<rect class="f-cork" x="107" y="34" width="26" height="17" rx="3"/>
<path class="ln shine" d="M101 100v12"/>
<path class="f-label" d="M92 108h56v40H92z"/><path class="ln thin" d="M98 114h44M98 142h44"/><path class="ln thin" d="M120 119c-6 5-6 13 0 18 6-5 6-13 0-18z"/>
<path class="f-bowl" d="M168 144h54c0 14-9 24-27 24s-27-10-27-24z"/><ellipse class="f-grain" cx="195" cy="144" rx="27" ry="6"/>
<g class="f-seed"><ellipse cx="182" cy="143" rx="3" ry="1.7"/><ellipse cx="192" cy="145" rx="3" ry="1.7"/><ellipse cx="203" cy="143" rx="3" ry="1.7"/><ellipse cx="211" cy="145" rx="3" ry="1.7"/><ellipse cx="62" cy="165" rx="4" ry="2.2"/><ellipse cx="74" cy="166" rx="4" ry="2.2" transform="rotate(-18 74 166)"/><ellipse cx="48" cy="166" rx="4" ry="2.2" transform="rotate(20 48 166)"/><ellipse cx="66" cy="159" rx="4" ry="2.2" transform="rotate(30 66 159)"/></g>`;

const BOOK = `
<path class="f-cover2" d="M44 140h132c6 0 6 28 0 28H44z"/><path class="f-page" d="M52 145h122v18H52z"/><path class="ln thin" d="M56 151h116M56 157h116"/><path class="f-cover2" d="M44 140h10v28H44z"/>
<path class="f-cover" d="M64 108h130c6 0 6 32 0 32H64z"/><path class="f-page" d="M72 113h120v22H72z"/><path class="ln thin" d="M78 119h112M78 124h112M78 129h112"/><path class="f-cover" d="M64 108h12v32H64z"/>
<path class="f-ribbon" d="M166 135h12v26l-6-5-6 5z"/>
<path class="ln" d="M92 74h72M128 74V58M104 74l-11 22h22zM152 74v14"/><path class="f-weight" d="M145 88h14v16h-14z"/><circle class="f-weight" cx="128" cy="56" r="5"/>`;

const PARCEL = `
<path class="f-cork" d="M70 92h100v76H70z"/><path class="f-label" d="M112 92h16v76h-16z"/><path class="ln" d="M120 92c-20-22-34-10-22 0M120 92c20-22 34-10 22 0"/>`;

const DRAWINGS = { hallabong: HALLABONG, tangerine: TANGERINE, barley: BARLEY, cup: CUP, sesame: SESAME, book: BOOK };

/** The drawing of a product; what has none comes as a parcel. */
export function art(name) {
  return drawing(`<svg viewBox="0 0 240 169.5" aria-hidden="true" focusable="false">${DRAWINGS[name] ?? PARCEL}</svg>`);
}
