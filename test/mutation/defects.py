# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""All defects that can be planted into a file, in an order that a seed decides."""

import hashlib
import re

from source import Source, squeeze

# Hints for the compiler and the processor, without which nothing is wrong, and calls that only a
# build with AddressSanitizer has; test_poison looks at those.
HINTS = re.compile(r"RTE_BUILD_BUG_ON|RTE_SET_USED|__builtin_prefetch|rte_prefetch\d|rte_pause|asm|"
                   r"(_S|s)tatic_assert|(ration_)?(\w+_)?(un)?poison(_\w+)?|ration_happens_\w+")

COMPARISONS = {"<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "==": ["!="], "!=": ["=="]}
LOGIC = {"&&": ["||"], "||": ["&&"]}
ARITHMETIC = {"+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"], "%": ["/"], "<<": [">>"],
              ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["&"], "+=": ["-="], "-=": ["+="],
              "|=": ["&="], "&=": ["|="], "++": ["--"], "--": ["++"]}
# Operators that have another meaning in front of an operand.
ALSO_UNARY = {"+", "-", "*", "&", "^"}
WORDS = {
    "RTE_MIN": ("constant", "RTE_MAX"), "RTE_MAX": ("constant", "RTE_MIN"),
    "true": ("constant", "false"), "false": ("constant", "true"),
    "RTE_ALIGN_CEIL": ("constant", "RTE_ALIGN_FLOOR"),
    "RTE_ALIGN_FLOOR": ("constant", "RTE_ALIGN_CEIL"),
    "uint64_t": ("width", "uint32_t"), "int64_t": ("width", "int32_t"),
    "seq_cst": ("order", "relaxed"),
}
BOUND = re.compile(r"[A-Z][A-Z0-9_]*_(MAX|SIZE|NAMESIZE|DEFAULT|WORK|BITS|MASK|BATCH)|COUNTDOWN")
NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)")


class Defect:
    """A change of a file: pieces of text and what replaces them."""

    def __init__(self, file, function, kind, source, edits):
        self.file = file
        self.function = function
        self.kind = kind
        self.edits = sorted(edits)
        text = source.text
        self.line = source.line(self.edits[0][0])
        low = text.rfind("\n", 0, self.edits[0][0]) + 1
        high = text.find("\n", self.edits[-1][1])
        high = len(text) if high < 0 else high
        self.old = squeeze(text[low:high])
        self.new = squeeze(self.change(text, low, high))
        self.nth = 1  # Of those with the same lines.

    def change(self, text, low=0, high=None):
        """Return the text from low to high with the defect. The lines keep their numbers."""
        out, at, lines = "", low, 0
        for start, end, new in self.edits:
            out += text[at:start] + new
            lines += text.count("\n", start, end) - new.count("\n")
            at = end
        out += "\n" * lines
        return out + text[at:high]

    def key(self):
        """What the defect is: the same as long as its lines are."""
        return (self.file, self.function, self.old, self.new, self.nth)

    def rank(self, seed):
        """Return the place in the order of a seed."""
        text = "\0".join(map(str, (seed, *self.key(), self.kind)))
        return hashlib.sha256(text.encode()).digest()


class Finder:
    """Finds the defects of one function."""

    def __init__(self, file, source, function):
        self.file = file
        self.source = source
        self.function = function
        self.tokens = source.tokens
        self.hints = self.find_hints()

    def find_hints(self):
        """Return the indices of tokens that belong to a hint."""
        hidden = set()
        for i in range(self.function.first, self.function.last + 1):
            if HINTS.fullmatch(self.tokens[i].text):
                end = i
                while self.tokens[end].text not in ("(", ";"):
                    end += 1
                if self.tokens[end].text == ";":
                    continue
                hidden.update(range(i, self.source.partner[end] + 1))
        return hidden

    def defect(self, kind, *edits):
        """Return a defect; an edit is (first token, last token, text)."""
        places = [(self.tokens[a].start, self.tokens[b].end, new) for a, b, new in edits]
        return Defect(self.file, self.function.name, kind, self.source, places)

    def find(self):
        """Find all defects."""
        for i in range(self.function.first, self.function.last + 1):
            if i in self.hints:
                continue
            yield from self.at_operator(i)
            yield from self.at_word(i)
            yield from self.at_number(i)
            yield from self.at_condition(i)
            yield from self.at_call(i)
        yield from self.at_statements()

    def at_operator(self, i):
        """Another comparison, another operation, a part of a condition left out."""
        text = self.tokens[i].text
        for kind, table in (("comparison", COMPARISONS), ("logic", LOGIC),
                            ("arithmetic", ARITHMETIC)):
            if text not in table or (text in ALSO_UNARY and not self.is_operand(i - 1)):
                continue
            for new in table[text]:
                yield self.defect(kind, (i, i, new))
        if text in LOGIC:
            low, high = self.reach(i, -1, text), self.reach(i, 1, text)
            yield self.defect("logic", (i, high, ""))
            yield self.defect("logic", (low, i, ""))

    def is_operand(self, i):
        """Whether a token ends an operand, so that the next operator has two of them."""
        t = self.tokens[i]
        return t.kind == "number" or t.text in (")", "]") or \
            (t.kind == "name" and t.text != "return")

    def reach(self, i, step, text):
        """Return the last token of the operand of && or || on one side."""
        stops = {";", ",", "?", ":", "return", "=", "||"} | ({"&&"} if text == "&&" else set())
        at = i + step
        while True:
            t = self.tokens[at].text
            if t in stops or t in (("(", "[", "{") if step < 0 else (")", "]", "}")):
                return at - step
            if at in self.source.partner:
                at = self.source.partner[at]
            at += step

    def at_word(self, i):
        """A word that stands for another one, a bound that is off by one."""
        text = self.tokens[i].text
        if text in WORDS:
            kind, new = WORDS[text]
            yield self.defect(kind, (i, i, new))
        elif self.tokens[i].kind == "name" and BOUND.fullmatch(text) and \
                self.tokens[i + 1].text != "(":
            for sign in "+-":
                yield self.defect("constant", (i, i, f"({text} {sign} 1)"))

    def at_number(self, i):
        """A number that is off by one; sizes of arrays stay."""
        found = self.tokens[i].kind == "number" and NUMBER.fullmatch(self.tokens[i].text)
        if not found or (self.tokens[i - 1].text == "[" and self.is_array_size(i - 1)):
            return
        value, suffix = int(found[1], 0), found[2]
        yield self.defect("constant", (i, i, f"{value + 1}{suffix}"))
        if value > 0:
            yield self.defect("constant", (i, i, f"{value - 1}{suffix}"))

    def is_array_size(self, i):
        """Whether the bracket belongs to a declaration of an array."""
        return self.tokens[i - 1].kind == "name" and self.tokens[i - 2].kind == "name"

    def at_condition(self, i):
        """A condition that is negated."""
        if self.tokens[i].text in ("if", "while") and self.tokens[i + 1].text == "(":
            a, b = i + 2, self.source.partner[i + 1] - 1
            yield self.defect("condition", (a, b, f"!({self.source.span(a, b)})"))

    def at_call(self, i):
        """Two arguments that are swapped."""
        t = self.tokens
        if t[i].kind != "name" or t[i + 1].text != "(" or t[i].text in ("if", "while", "for"):
            return
        args, start, at, end = [], i + 2, i + 2, self.source.partner[i + 1]
        while at < end:
            if t[at].text in ("(", "[", "{"):
                at = self.source.partner[at]
            elif t[at].text == ",":
                args.append((start, at - 1))
                start = at + 1
            at += 1
        args.append((start, end - 1))
        for (a, b), (c, d) in zip(args, args[1:]):
            one, other = self.source.span(a, b), self.source.span(c, d)
            if one != other and '"' not in one + other:
                yield self.defect("arguments", (a, b, other), (c, d, one))

    def at_statements(self):
        """A statement that is forgotten, two in the wrong order."""
        s, before = self.source, None
        for first, last, prefixed in s.statements(self.function):
            kind = s.statement_kind(first, last)
            if first in self.hints:
                before = None
                continue
            if kind in ("call", "assignment", "jump"):
                yield self.defect("forgotten " + kind, (first, last, ";"))
            if kind == "return" and last != self.function.last:
                yield self.defect("forgotten return", (first, last, ";"))
            simple = kind in ("call", "assignment") and not prefixed
            if simple and before and before[1] + 1 == first:
                one, other = s.span(*before), s.span(first, last)
                if self.order_matters(one, other):
                    yield self.defect("order of statements", (*before, other),
                                      (first, last, one))
            before = (first, last) if simple else None


    @staticmethod
    def order_matters(one, other):
        """Whether the order of two statements can matter: not of assignments apart."""
        names = [re.fullmatch(r"(\**[\w.>\[\]-]+?) *[-+*/&|^]?= *([^(]*);", t) for t in (one, other)]
        if None in names:
            return one != other
        return names[0][1] in other or names[1][1] in one


def find_defects(file, text):
    """Return all defects of a file."""
    source = Source(text)
    defects, seen = [], {}
    for function in source.functions:
        for d in Finder(file, source, function).find():
            # Equal lines of a function have equal defects: they are numbered.
            seen[d.key()] = seen.get(d.key(), 0) + 1
            d.nth = seen[d.key()]
            defects.append(d)
    return defects


def shuffle(defects, seed):
    """Return the defects in the order of a seed. A change of other lines does not change it."""
    return sorted(defects, key=lambda d: d.rank(seed))
