// SPDX-License-Identifier: Apache-2.0
#include "sim/yaml_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace qnnsim::test {
namespace {

using Kind = YamlValue::Kind;

YamlPtr parse(const std::string& text) {
  Findings findings;
  YamlPtr value = parse_yaml(text, "test.yaml", findings);
  EXPECT_TRUE(findings.empty()) << findings.render() << text;
  return value;
}

/// What `text` becomes when it is read and written.
std::string rewritten(const std::string& text) { return yaml_text(parse(text)); }

YamlPtr word(const std::string& text, bool quoted) {
  auto value = std::make_shared<YamlValue>();
  value->kind = Kind::kScalar;
  value->text = text;
  value->quoted = quoted;
  return value;
}

/// The same values, keys and quotation marks in the same order; `b` may have more marks.
void expect_equal(const YamlValue& a, const YamlValue& b, bool more_marks = false) {
  ASSERT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.text, b.text);
  EXPECT_TRUE(a.quoted == b.quoted || (b.quoted && more_marks)) << a.text;
  ASSERT_EQ(a.items.size(), b.items.size());
  for (std::size_t i = 0; i < a.items.size(); ++i)
    expect_equal(*a.items[i], *b.items[i], more_marks);
  ASSERT_EQ(a.members.size(), b.members.size());
  for (std::size_t i = 0; i < a.members.size(); ++i) {
    EXPECT_EQ(a.members[i].key, b.members[i].key);
    expect_equal(*a.members[i].value, *b.members[i].value, more_marks);
  }
}

TEST(YamlText, LooksLikeAScenario) {
  const std::string text = R"(network: ../configs/networks/first-look.yaml
folding:
  conv0.mvu: {pe: 1, simd: 6}
  fc0: {}
fifos:
  default_depth: 2
  edges: {conv0.swg->conv0.mvu: 32}
record:
  layers: [conv0.mvu, ~]
  frames: []
published:
  - {batch: 1000, fps: 3020.5, source: "a board, with #1: fast"}
  - batch: 1
    more:
      - [1, 2]
      - - {a: b}
        - c
seed: ~
)";
  EXPECT_EQ(rewritten(text), text);
}

TEST(YamlText, BreaksWhatDoesNotFitInto100Columns) {
  const std::string fits = "key: [" + std::string(93, 'x') + "]\n";
  EXPECT_EQ(rewritten(fits), fits);
  EXPECT_EQ(rewritten("key: [" + std::string(94, 'x') + "]"),
            "key:\n  - " + std::string(94, 'x') + "\n");
  const std::string in_a_list = "a:\n  - {b: " + std::string(91, 'x') + "}\n";
  EXPECT_EQ(rewritten(in_a_list), in_a_list);
  EXPECT_EQ(rewritten("a:\n  - {b: " + std::string(92, 'x') + "}\n"),
            "a:\n  - b: " + std::string(92, 'x') + "\n");
  const std::string deep = "a:\n  - b: {c: " + std::string(88, 'x') + "}\n    d: 1\n";
  EXPECT_EQ(rewritten(deep), deep);
  EXPECT_EQ(rewritten("a:\n  - b: {c: " + std::string(89, 'x') + "}\n    d: 1\n"),
            "a:\n  - b:\n      c: " + std::string(89, 'x') + "\n    d: 1\n");
  std::string umlauts;
  for (int i = 0; i < 93; ++i) umlauts += "ü";
  EXPECT_EQ(rewritten("key: [" + umlauts + "]"), "key: [" + umlauts + "]\n");
}

TEST(YamlText, KeepsQuotationMarksAndAddsThemWhereAWordWouldReadAsSomethingElse) {
  const std::string text = R"(hex: 0x10
quoted: ["12", "~", "", "true"]
"~": ~
"": a
"a: b": "c: d"
a->b: ->c
time: 12:30
hash: a#b
"#c": "#d"
"- e": "\\ and \""
"f ": "two\nlines\x09tab\x01"
grüße: "日本"
path: {input: ../a b/c.yaml}
comma:
  outside: a, b
marker: "---"
"%": "..."
)";
  EXPECT_EQ(rewritten(text), text);
}

TEST(YamlText, WritesAWordThatWasChangedSoThatItReadsTheSame) {
  for (const char* text :
       {"",   "~", "null", "- a", "a: b", "#",     " a", "a ", "a\nb", "a\r", "&a", "*a",
        "!a", "|", "{",    "[a",  "'a'",  "\"a\"", "%a", "@a", "`a",   "---", "..."}) {
    const YamlPtr read = parse(yaml_text(word(text, false)));
    EXPECT_EQ(read->kind, Kind::kScalar) << text;
    EXPECT_EQ(read->text, text);
  }
}

TEST(YamlText, WritesEmptyDocuments) {
  EXPECT_EQ(rewritten(""), "--- ~\n");
  EXPECT_EQ(rewritten("{}"), "--- {}\n");
  EXPECT_EQ(rewritten("[]"), "--- []\n");
  EXPECT_EQ(rewritten("'12'"), "--- \"12\"\n");
}

/// Trees of lists, maps and words that are hard to write.
class RandomTree {
 public:
  explicit RandomTree(unsigned seed) : random_(seed) {}

  YamlPtr value(int depth) {
    auto result = std::make_shared<YamlValue>();
    const int kind = below(depth > 0 ? 8 : 4);
    if (kind == 0) return result;
    if (kind < 4) return random_word();
    result->kind = kind < 6 ? Kind::kList : Kind::kMap;
    for (int i = below(5); i > 0; --i) add_to(*result, depth - 1);
    return result;
  }

 private:
  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

  void add_to(YamlValue& value, int depth) {
    if (value.kind == Kind::kList) {
      value.items.push_back(this->value(depth));
    } else if (const std::string key = text(); !value.find(key)) {
      value.members.push_back({key, {}, this->value(depth)});
    }
  }

  std::string text() {
    static const std::vector<std::string> parts = {
        "a",  "Z", "0",  "0x10", "-",  "->", ".",  "..",   "---",  ":",        ": ",
        " #", "#", ",",  "ä",    "日", "\n", "\t", "\r",   "\"",   "'",        "\\",
        "[",  "]", "{",  "}",    "&",  "*",  "!",  "|",    ">",    "%",        "@",
        "`",  "?", "? ", "~",    " ",  "=",  "<<", "\x01", "null", "conv0.swg"};
    std::string result;
    for (int i = below(below(4) == 0 ? 40 : 4); i > 0; --i) {
      result += parts[static_cast<std::size_t>(below(static_cast<int>(parts.size())))];
    }
    return result;
  }

  /// A word in quotes, or one that can do without.
  YamlPtr random_word() {
    const std::string text = this->text();
    Findings findings;
    const YamlPtr map = parse_yaml("key: " + text + "\n", {}, findings);
    const bool is_plain = findings.empty() && map->members.size() == 1 &&
                          map->members[0].value->kind == Kind::kScalar &&
                          map->members[0].value->text == text && !map->members[0].value->quoted;
    return word(text, !is_plain || below(3) == 0);
  }

  std::mt19937 random_;
};

TEST(YamlText, ReadsBackAsTheSameTree) {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const YamlPtr tree = RandomTree(seed).value(4);
    const std::string text = yaml_text(tree);
    expect_equal(*tree, *parse(text));
    if (HasFailure()) FAIL() << "seed " << seed << "\n" << text;
  }
}

TEST(YamlLine, ReadsBackAsTheSameTree) {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const YamlPtr tree = RandomTree(seed).value(3);
    const std::string line = yaml_line(tree);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    expect_equal(*tree, *parse(line), true);
    if (HasFailure()) FAIL() << "seed " << seed << "\n" << line;
  }
}

TEST(YamlLine, LooksLikeASetting) {
  for (const char* text : {"64", "zcu104", "../network.yaml", "[0, 1]", "{pe: 1, simd: [1, 2]}",
                           "\"12\"", "conv0.swg->conv0.mvu", ""}) {
    EXPECT_EQ(yaml_line(parse(text)), text);
  }
}

}  // namespace
}  // namespace qnnsim::test
