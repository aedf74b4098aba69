// Writes src/LockLLM.Engine/Normalization/Data/folds.txt, the tables of TextCleaner and CharacterFolder.
//
//   node eng/unicode-folds.mjs <folder of the Unicode character database> <confusables as JSON>
//
// The folder holds UnicodeData.txt, Scripts.txt, PropList.txt and DerivedCoreProperties.txt. The JSON object maps a
// character to its UTS #39 prototype, as npm's package unhomoglyph has it in data.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [ucd, confusablesFile] = process.argv.slice(2);
const output = new URL('../src/LockLLM.Engine/Normalization/Data/folds.txt', import.meta.url);

// ---- 1. The Unicode character database -------------------------------------------------------------------------
const chars = new Map();
let firstOfRange;
for (const line of readFileSync(join(ucd, 'UnicodeData.txt'), 'utf8').split('\n')) {
  if (!line) continue;
  const [hex, name, category, , , decomposition, , digit, , , , , upper, lower] = line.split(';');
  const code = parseInt(hex, 16);
  if (name.endsWith(', First>')) { firstOfRange = code; continue; }
  if (name.endsWith(', Last>')) { firstOfRange = undefined; continue; } // ideographs, syllables: nothing to map
  const compat = decomposition.startsWith('<');
  chars.set(code, {
    name, category, digit, upper: upper && parseInt(upper, 16), lower: lower && parseInt(lower, 16), compat,
    parts: decomposition.replace(/^<[^>]*> ?/, '').split(' ').filter(Boolean).map(h => parseInt(h, 16)),
  });
}

function ranges(file, wanted) {
  const found = new Map();
  for (const line of readFileSync(join(ucd, file), 'utf8').split('\n')) {
    const match = /^([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+)/.exec(line);
    if (!match || (wanted && match[3] !== wanted)) continue;
    for (let code = parseInt(match[1], 16); code <= parseInt(match[2] ?? match[1], 16); code++) found.set(code, match[3]);
  }
  return found;
}

const scripts = ranges('Scripts.txt');
const ignorable = ranges('DerivedCoreProperties.txt', 'Default_Ignorable_Code_Point');
const visibleFormat = ranges('PropList.txt', 'Prepended_Concatenation_Mark');
const confusables = new Map(Object.entries(JSON.parse(readFileSync(confusablesFile, 'utf8')))
  .map(([from, to]) => [from.codePointAt(0), to]));

// ---- 2. What the cleaner maps -----------------------------------------------------------------------------------
const text = codes => String.fromCodePoint(...codes);
const codesOf = string => [...string].map(c => c.codePointAt(0));
const clean = new Map();
const decorated = new Set();
const kept = new Set([0xB5, 0x3F2, 0x3F9]); // the micro sign is no Greek word, the lunate sigma looks like c
const longestForm = 8; // the Arabic phrase U+FDFA has 18: nothing may swell a text that much

const isInvisible = code => !visibleFormat.has(code) &&
  (ignorable.has(code) || chars.get(code)?.category === 'Cf' || code === 0x2800 || (code >= 0xFFF9 && code <= 0xFFFB));
for (let code = 0x80; code < 0x20000; code++) if (isInvisible(code)) clean.set(code, '');
clean.set(0x20E3, ''); // the key of a keycap emoji

for (const [code, { category, parts, name }] of chars) {
  if (code < 0x80 || code >= 0x20000 || clean.has(code) || kept.has(code)) continue;
  const folded = String.fromCodePoint(code).normalize('NFKC');
  const spacingMark = parts[0] === 0x20 && parts.length > 1; // ¨ would become a space and a loose mark
  if (folded !== String.fromCodePoint(code) && !spacingMark && folded.length <= longestForm) clean.set(code, folded);
  if (/^[A-Za-z]$/.test(folded) && (/^MATHEMATICAL |CIRCLED LATIN|SQUARED LATIN/.test(name))) decorated.add(code);
}

const series = (first, count, base) => {
  for (let i = 0; i < count; i++) {
    clean.set(first + i, String.fromCharCode(base.charCodeAt(0) + i));
    decorated.add(first + i);
  }
};
for (const first of [0x1F130, 0x1F150, 0x1F170, 0x1F1E6]) series(first, 26, 'A'); // squared, black circled, black squared, regional
series(0x1F110, 26, 'A'); // parenthesized capitals
series(0x249C, 26, 'a'); // parenthesized small letters
clean.set(0xE000, '\uFFFD'); // the decoder's sign for unreadable matter cannot be forged
clean.set(0xFFFC, ' ');
clean.set(0x85, '\n'); clean.set(0x2028, '\n'); clean.set(0x2029, '\n');
for (let code = 0x80; code < 0xA0; code++) if (code !== 0x85) clean.set(code, ' ');

// ---- 3. What the folder maps -------------------------------------------------------------------------------------
const isMark = code => (code >= 0x300 && code <= 0x36F) || (code >= 0x1AB0 && code <= 0x1AFF) || (code >= 0x1DC0 && code <= 0x1DFF)
  || (code >= 0x20D0 && code <= 0x20FF) || (code >= 0xFE20 && code <= 0xFE2F) || (code >= 0x483 && code <= 0x489);
const pairs = (from, to) => [...from].map((c, i) => [c.codePointAt(0), [...to][i]]);

const smallCapitals = new Map(pairs('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢĸ', 'abcdefghijklmnopqrstuvwyzk'));
const turned = new Map(pairs('ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎəɛɩꞁⅎ⅁⅂⅄Ɐ', 'acefghijkmrtvwyeeilfglya'));
const eta = new Map(pairs('ηΗ', 'nh')); // the one letter whose two cases imitate different letters
const plain = new Map([...'øođdłlħhıiŧtðdþ'].reduce((all, c, i, a) => i % 2 ? all : [...all, [c.codePointAt(0), a[i + 1]]], [])
  .concat([[0xE6, 'ae'], [0x153, 'oe'], [0xDF, 'ss'], [0x17F, 's'], [0x14B, 'n'], [0xFE, 'th'], [0x237, 'j']]));
// Letters that look Latin to UTS #39 inside living scripts which no reader takes for Latin.
const apart = new Set(('Arabic Hebrew Syriac Thaana Nko Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam '
  + 'Sinhala Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic Khmer Mongolian Hiragana Katakana Bopomofo Han Yi').split(' '));
const letterLike = new Set([0x212E, 0x2373, 0x2374, 0x2375, 0x237A]); // ℮ and the APL letters
// Letters of African languages and of Azerbaijani: folded like the rest, but no sign of a disguise.
const ordinaryLatin = new Set([...'əɛɔɖɣɩʋɓɗŋƙƴɲʊ'].map(c => c.codePointAt(0)));

const punctuation = new Map([
  ...[...'‘’‚‛′‹›´ʹʻʼʽˈ՚❛❜＇'].map(c => [c, "'"]), ...[...'“”„‟″«»¨❝❞〝〞＂ʺ'].map(c => [c, '"']),
  ...[...'‐‑‒–—―−﹘﹣⁃➖'].map(c => [c, '-']), ...[...'•‣▪●◦∙■□○◆►▶✦⁌⁍∗⁎'].map(c => [c, '*']),
  ...[...'·‧⋅'].map(c => [c, '.']), ...[...'⁄∕⧸'].map(c => [c, '/']), ...[...'∣❘ǀ│┃'].map(c => [c, '|']),
  ...[...'˜∼'].map(c => [c, '~']), ...[...'〈⟨'].map(c => [c, '<']), ...[...'〉⟩'].map(c => [c, '>']), ['¯', '-'],
  ['¸', ' '], ['ˋ', '`'], ['∶', ':'], ['։', ':'], ['׃', ':'], ['。', '.'], ['、', ','],
].map(([from, to]) => [from.codePointAt(0), to]));

function asciiLetters(code) {
  let to = confusables.get(code);
  for (let round = 0; to && round < 4; round++) {
    to = [...to].filter(c => !isMark(c.codePointAt(0))).join('');
    if (/^([A-Za-z]|rn|vv)$/.test(to)) return to.toLowerCase().replace('rn', 'm').replace('vv', 'w');
    const next = [...to].map(c => smallCapitals.get(c.codePointAt(0)) ?? confusables.get(c.codePointAt(0)) ?? c).join('');
    if (next === to) return undefined;
    to = next;
  }
  return undefined;
}

const lowerOf = code => code === 0x3C2 ? 0x3C3 : chars.get(code)?.lower || code; // a final sigma is a sigma
const upperOf = code => chars.get(code)?.upper || code;
const isLetter = code => /^L/.test(chars.get(code)?.category ?? '') || letterLike.has(code);
const isPhonetic = code => (code >= 0x250 && code <= 0x2AF) || (code >= 0x1D00 && code <= 0x1DBF) || (code >= 0x2C60 && code <= 0x2C7F)
  || (code >= 0xA720 && code <= 0xA7FF) || (code >= 0xAB30 && code <= 0xAB6F);
const isDisguise = code => code !== 0xB5 && !ordinaryLatin.has(code) && (scripts.get(code) !== 'Latin' || isPhonetic(code));

function foldOne(code) { // a character that NFKC leaves alone, to its folded form and whether it is a look-alike
  const character = chars.get(code);
  if (code < 0x80) return { to: String.fromCodePoint(code).toLowerCase(), alike: false };
  if (punctuation.has(code)) return { to: punctuation.get(code), alike: false };
  if (isMark(code) || clean.get(code) === '') return { to: '', alike: false };
  if (character?.category === 'Nd') return { to: character.digit, alike: false };
  if (character?.category === 'Zs') return { to: ' ', alike: false };
  const script = scripts.get(code);
  const small = lowerOf(code);
  if (!isLetter(code) || apart.has(script)) return { to: String.fromCodePoint(small), alike: false };
  if (eta.has(code)) return { to: eta.get(code), alike: true };
  if (turned.has(code) || turned.has(small)) return { to: turned.get(code) ?? turned.get(small), alike: isDisguise(code) };
  if (plain.has(small)) return { to: plain.get(small), alike: false };
  if (['Latin', 'Greek', 'Cyrillic'].includes(script) && character.parts.length && !character.compat) {
    const all = codesOf(String.fromCodePoint(code).normalize('NFD')).map(foldOne);
    return { to: all.map(f => f.to).join(''), alike: all.some(f => f.alike) };
  }
  const latin = /^LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH /.exec(chars.get(small)?.name ?? character.name);
  if (latin) return { to: latin[1].toLowerCase(), alike: isDisguise(small) };
  const ascii = smallCapitals.get(small) ?? asciiLetters(small) ?? asciiLetters(upperOf(small));
  if (ascii) return { to: ascii, alike: isDisguise(small) };
  return { to: String.fromCodePoint(small), alike: false };
}

const fold = new Map();
const alike = new Set();
for (const code of new Set([...chars.keys(), ...clean.keys(), ...punctuation.keys()])) {
  if (code < 0x80 || code >= 0x20000 || code === 0xE000) continue;
  const parts = punctuation.has(code) || code === 0xB5 ? [code] : codesOf(clean.get(code) ?? String.fromCodePoint(code));
  const all = code === 0xB5 ? [{ to: 'm' }] : parts.map(foldOne);
  const to = all.map(f => f.to).join('');
  if (to !== String.fromCodePoint(code)) fold.set(code, to);
  if (!clean.has(code) && all.some(f => f.alike)) alike.add(code);
}

// ---- 4. The file ----------------------------------------------------------------------------------------------------
const hex = code => code.toString(16).toUpperCase();
const lines = [
  '# Written by eng/unicode-folds.mjs; see README.md beside this file.',
  '# A line: the character, then what replaces it (nothing: it is removed), in hexadecimal. "-" joins a range.',
  '# After the character, "*" marks a decorated letter and "!" a letter that looks like an ASCII one.',
];
function write(title, map, sign, signed) {
  lines.push(`[${title}]`);
  const sorted = [...map].sort((a, b) => a[0] - b[0]);
  for (let i = 0; i < sorted.length; i++) {
    const [code, to] = sorted[i];
    let last = i;
    if (to === '') while (last + 1 < sorted.length && sorted[last + 1][1] === '' && sorted[last + 1][0] === sorted[last][0] + 1) last++;
    const range = last > i ? `-${hex(sorted[last][0])}` : '';
    lines.push([hex(code) + range + (signed.has(code) ? sign : ''), ...codesOf(to).map(hex)].join(' '));
    i = last;
  }
}
write('clean', clean, '*', decorated);
write('fold', fold, '!', alike);
writeFileSync(output, lines.join('\n') + '\n');
console.log(`${clean.size} cleaned, ${fold.size} folded, ${alike.size} look-alikes, ${lines.length} lines`);
