# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""C source as tokens: functions and statements, without a compiler.

Comments, strings and preprocessor lines are seen as such and never changed. What a macro hides is
not seen; a defect that does not compile is drawn again.
"""

import collections
import re

Token = collections.namedtuple("Token", "kind text start end")

TOKEN = re.compile(r"""
    (?P<skip>\s+ | //[^\n]* | /\*.*?\*/)
  | (?P<string>"(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*')
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<op><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.VERBOSE | re.DOTALL)
DIRECTIVE = re.compile(r"[ \t]*#(?:[^\n\\]|\\.)*", re.DOTALL)

COMMENT = re.compile(r"""//[^\n]* | /\*.*?\*/ | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""",
                     re.VERBOSE | re.DOTALL)

KEYWORDS = {"if", "else", "while", "for", "do", "switch", "case", "default", "return", "break",
            "continue", "goto", "sizeof", "alignof", "typeof", "asm"}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "++", "--"}


def tokenize(text):
    """Return the tokens of C source that are code."""
    tokens, at, fresh = [], 0, True
    while at < len(text):
        directive = DIRECTIVE.match(text, at) if fresh else None
        if directive:
            at = directive.end()
            continue
        found = TOKEN.match(text, at)
        if found.lastgroup != "skip":
            tokens.append(Token(found.lastgroup, found[0], at, found.end()))
            fresh = False
        elif "\n" in found[0]:
            fresh = True
        at = found.end()
    return tokens


def pairs(tokens):
    """Return the partner of each bracket, both ways, by index."""
    partner, open_ones = {}, []
    for i, t in enumerate(tokens):
        if t.text in ("(", "[", "{"):
            open_ones.append(i)
        elif t.text in (")", "]", "}") and open_ones:
            partner[i] = open_ones.pop()
            partner[partner[i]] = i
    return partner


class Function:
    """A function: its name, and the indices of its first and last token between the braces."""

    def __init__(self, name, first, last):
        self.name = name
        self.first = first
        self.last = last


class Source:
    """A file: text, tokens, brackets and functions."""

    def __init__(self, text):
        self.text = text
        self.tokens = tokenize(text)
        self.partner = pairs(self.tokens)
        self.functions = list(self.find_functions())

    def find_functions(self):
        """Find the function bodies: braces at the outermost level, after a parameter list."""
        i = 0
        while i < len(self.tokens):
            t = self.tokens[i]
            # The functions of a header may be inside of extern "C" { }.
            inside = t.text == "{" and i > 0 and self.tokens[i - 1].kind == "string"
            if t.text in ("(", "[", "{") and i in self.partner and not inside:
                end = self.partner[i]
                if t.text == "{" and i > 0 and self.tokens[i - 1].text == ")":
                    before = self.partner[i - 1] - 1
                    yield Function(self.tokens[before].text, i + 1, end - 1)
                i = end
            i += 1

    def span(self, first, last):
        """Return the text of tokens, first and last included."""
        return self.text[self.tokens[first].start:self.tokens[last].end]

    def line(self, offset):
        """Return the number of the line of an offset."""
        return self.text.count("\n", 0, offset) + 1

    def statements(self, function):
        """Find simple statements: (first, last, has a prefix such as `if (...)`)."""
        start, i = function.first, function.first
        while i <= function.last:
            text = self.tokens[i].text
            if text in ("(", "["):
                i = self.partner[i]
            elif text in ("{", "}"):
                start = i + 1
            elif text == ";":
                first = self.skip_prefix(start, i)
                if first < i:
                    yield first, i, first != start
                start = i + 1
            i += 1

    def skip_prefix(self, i, end):
        """Skip labels, and the heads of compound statements, in front of a statement."""
        while i < end:
            text = self.tokens[i].text
            if text in ("if", "while", "for", "switch") and self.tokens[i + 1].text == "(":
                i = self.partner[i + 1] + 1
            elif text in ("else", "do"):
                i += 1
            elif text in ("case", "default"):
                while i < end and self.tokens[i].text != ":":
                    i += 1
                i += 1
            else:
                break
        return i

    def statement_kind(self, first, last):
        """Return call, assignment, jump, return, declaration or other; last is the semicolon."""
        t = self.tokens
        head = t[first]
        if head.text == "return":
            return "return"
        if head.text in ("break", "continue", "goto"):
            return "jump"
        if head.kind == "name" and t[first + 1].text == "(" and \
                self.partner[first + 1] == last - 1:
            return "call"
        if head.kind == "name" and self.is_declaration(first):
            return "declaration"
        i = first
        while i < last:
            if t[i].text in ("(", "[", "{"):
                i = self.partner[i]
            elif t[i].text in ASSIGNMENTS:
                return "assignment"
            i += 1
        return "other"

    def is_declaration(self, first):
        """Whether a statement declares: type and name follow each other."""
        t = self.tokens
        i = first + 1
        if t[i].text == "(" and i in self.partner:
            i = self.partner[i] + 1
            return t[i].text == "*" or t[i].kind == "name"
        while t[i].text == "*":
            i += 1
        return t[i].kind == "name" and t[first].text not in KEYWORDS


def squeeze(text):
    """Return text with one blank for each run of white space or comment."""
    return " ".join(COMMENT.sub(lambda m: m[0] if m[0][0] in "\"'" else " ", text).split())
