"""Makes corpus.json: varied strings, and the ids that Llama-3's vocabulary gives them.

The ids come from tiktoken over the ranks of tokenizer.json, so no code is shared with the crate that is tested.

    pip install tiktoken==0.14.0
    python crates/text/tests/corpus.py .models/llama3-tokenizer.json > crates/text/tests/corpus.json
"""

import hashlib
import json
import sys
from importlib.metadata import version

import tiktoken

PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

SENTENCES = """
Hello, world!
The quick brown fox jumps over the lazy dog.
I'M sure you'LL say we've DON'T, they'd'nt've and y'all'd
John's cats' toys aren't Mary's; it's '90s rock 'n' roll
Voilà l'été: çà et là, à Noël où naît l'œuvre.
Übergrößenträger äßen süßes Gebäck in Füßen.
¿Dónde está la niña? ¡Mañana será otro día!
Съешь ещё этих мягких французских булок, да выпей чаю.
Η γρήγορη καφέ αλεπού πηδάει πάνω από το σκυλί.
השועל החום המהיר קופץ מעל הכלב העצלן
الثعلب البني السريع يقفز فوق الكلب الكسول ١٢٣٤٥
तेज़ भूरी लोमड़ी आलसी कुत्ते पर कूदती है। १२३४५
দ্রুত বাদামী শিয়াল অলস কুকুরের উপর লাফ দেয়
விரைவான பழுப்பு நரி சோம்பேறி நாயின் மேல் பாய்கிறது
สุนัขจิ้งจอกสีน้ำตาลกระโดดข้ามสุนัขขี้เกียจ
敏捷的棕色狐狸跳过了懒狗。锦绣前程，锦上添花。
いろはにほへと ちりぬるを。東京特許許可局、カタカナﾊﾝｶｸ。
다람쥐 헌 쳇바퀴에 타고파. 빠른 갈색 여우
Nhanh như chớp, con cáo nâu nhảy qua con chó lười.
Pchnąć w tę łódź jeża lub ośm skrzyń fig.
Příliš žluťoučký kůň úpěl ďábelské ódy.
Árvíztűrő tükörfúrógép. İstanbul'da ığdır şöför.
ქართული ენა და հայոց լեզու, ትግርኛ ቋንቋ, ខ្មែរ
𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝕄𝕒𝕥𝕙 𝓈𝒸𝓇𝒾𝓅𝓉 ｆｕｌｌｗｉｄｔｈ ①②③ ⅣⅤ ½¾ x² y³ H₂O
Let $f(x) = \\frac{1}{2}x^2 + \\int_0^1 e^{-t^2}\\,dt$; find $f'(3)$.
\\boxed{42} and \\boxed{\\frac{3}{4}} or \\[ \\sum_{i=1}^{n} i = \\frac{n(n+1)}{2} \\]
∀x∈ℝ ∃y: x² ≤ y ⇒ √y ≥ |x| ∧ ∑ᵢ aᵢ ≠ ∞ ± ∂/∂t ∇·E
<think>
Okay, let me see.
</think>
The answer is 42.
def fib(n: int) -> int:\n    return n if n < 2 else fib(n - 1) + fib(n - 2)
for (int i = 0; i < 10; ++i) { std::cout << i << "\\n"; }
if (a && !b || c != d) { x += y ?? z; } // TODO: fix
fn main() -> Result<(), Box<dyn Error>> { println!("{:?}", vec![1u8; 3]); Ok(()) }
SELECT * FROM "users" WHERE id IN (1,2,3) AND name LIKE '%o''brien%';
<html><body class="a b">&nbsp;&lt;tag&gt;</body></html>
{"key": [1, 2.5, -3e10, null, true], "nested": {"a": "b\\u00e9"}}
https://example.org/path/to?query=a%20b&x=1#frag user.name+tag@mail.example.co.uk
$ grep -rn 'foo\\|bar' --include='*.rs' . | awk '{print $1}' > /tmp/out 2>&1
#!/bin/sh\nset -eu\nexport PATH="$HOME/bin:$PATH"
1234567890 3.14159265358979 1,000,000 0xDEADBEEF 1e-10 -42 +7 50% #1 $5.00 €3,50 £2
2026-11-24T16:09:03Z 12:30 1/2/2003 (555) 123-4567 v1.2.3-rc.4
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
supercalifragilisticexpialidocious antidisestablishmentarianism
camelCaseWords snake_case_words SCREAMING_SNAKE kebab-case-words dot.ted.words
...... ---- ==== **** #### ~~~~ ____ !!!! ???? ;;;; ::::
... -- => <- :: !== === <=> |> <| /* */ // ## ``` ~~~
"double" 'single' `tick` “curly” ‘curly’ «guillemets» „low“ ‹x›
(parens) [brackets] {braces} <angles> ((nested [deep {er}]))
😀😃😄 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪🇫🇷 ❤️ ☃️ ✓✗ →←↑↓ ■□●○
e\u0301 n\u0303 o\u0308 a\u030a c\u0327 \u1e9b\u0323 combining \u0915\u094d\u0937
zero\u200bwidth \u200djoiner \ufeffbom \u00adsoft \u00a0nbsp \u2028line \u2029para \u3000wide
\u0001\u0002\u001b[31mred\u001b[0m \u007f\u0080\u009f\ufffd\uffff
"""

SPACES = [
    "", " ", "  ", "   ", "    ", "        ", "\t", "\t\t", "\n", "\n\n", "\n\n\n", "\r\n", "\r\n\r\n", "\r", " \n", "\n ",
    "  \n  ", "\t\n\t", "a ", " a", "  a", "a  ", "a  b", "a   b", "a\n", "\na", "a\n\nb", "a\n \nb", "a \n b", "a\tb",
    "a\t b", "a \tb", " \t \n \r\n a", "x\u00a0y", "x\u3000y", "x\u2003 y", "1 2  3   4", ".\n\n.", "!\n?", "a.\n b", ");\n\n}",
    "    return x\n", "\tif x:\n\t\ty\n", "end.   \n\n\n   next", "'s", " 's", "'S", "'ll", "'LLama", "x'", "x's", "X'S y'T",
]

NUMBERS = ["0", "12", "123", "1234", "12345", "123456", "1234567", "0.5", ".5", "5.", "1e9", "٣٤٥٦", "१२३४", "½", "²³", "Ⅷ", "①②③④"]

SPECIAL = [
    "<|begin_of_text|>", "<|eot_id|>", "a<|eot_id|>b", "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>",
    "<|begin_of_text|><|begin_of_text|>x", "<|eot_id|", "|eot_id|>", "<|EOT_ID|>", "< |eot_id|>", "<|reserved_special_token_5|>",
    "<|python_tag|>print(1)<|eom_id|>", "<|end_of_text|>\n\n", "\n<|eot_id|>\n", " <|eot_id|> ",
]

WORDS = "the of zebra don't naïve Straße 東京 привет 123 3.14 foo_bar Éclair __init__ \\alpha 🙂 x² -> ; \"".split()
JOINTS = [" ", "  ", "\n", "\n\n", ", ", "", "\t", "-", "/", " \n"]


def strings():
    yield from SENTENCES.strip("\n").split("\n")
    yield SENTENCES
    yield from SPACES
    yield from NUMBERS
    yield from SPECIAL
    # Every joint between words of different kinds, in an order that a small generator draws.
    state = 1
    for joint in JOINTS:
        for length in (2, 3, 5, 8, 13, 21):
            words = []
            for _ in range(length):
                state = (state * 1103515245 + 12345) % 2**31
                words.append(WORDS[(state >> 16) % len(WORDS)])
            yield joint.join(words)
    # Every block of the plane once, so that each length of UTF-8 and each class of character occurs.
    for start in range(0xA0, 0x20000, 0x600):
        yield "".join(chr(c) for c in range(start, start + 48) if not 0xD800 <= c < 0xE000)


def main():
    content = open(sys.argv[1], "rb").read()
    tokenizer = json.loads(content)
    byte_of = {}
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    for byte in kept:
        byte_of[chr(byte)] = byte
    for n, byte in enumerate(byte for byte in range(256) if byte not in kept):
        byte_of[chr(256 + n)] = byte
    ranks = {bytes(byte_of[c] for c in token): rank for token, rank in tokenizer["model"]["vocab"].items()}
    special = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    encoding = tiktoken.Encoding("llama-3", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=special)
    texts = list(dict.fromkeys(strings()))
    corpus = {
        "made_by": "crates/text/tests/corpus.py",
        "tiktoken": version("tiktoken"),
        "tokenizer_sha256": hashlib.sha256(content).hexdigest(),
        "strings": [{"text": text, "ids": encoding.encode(text, allowed_special="all")} for text in texts],
    }
    print(json.dumps(corpus, ensure_ascii=True, indent=None, separators=(",", ":")).replace('},{"text"', '},\n{"text"'))


main()
