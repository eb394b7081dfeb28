// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnostics.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/sim/temporary_file.h"

namespace qnnsim {
namespace {

TEST(Diagnostics, RenderingShowsPlaceLineCaretAndHint) {
  const std::string path = write_temporary("yaml", "a: 1\nb: {sidm: 2}\n");
  Findings findings;
  findings.add({path, 2, 5}, "unknown key 'sidm'", "did you mean 'simd'?");
  EXPECT_EQ(findings.render(), path +
                                   ":2:5: error: unknown key 'sidm'\n"
                                   "    b: {sidm: 2}\n"
                                   "        ^\n"
                                   "  hint: did you mean 'simd'?\n");
}

TEST(Diagnostics, FindingsComeInTheOrderOfTheFiles) {
  Findings findings;
  findings.add({"b", 1, 1}, "fourth");
  findings.add({"a", 10, 1}, "third");
  findings.add({"a", 2, 9}, "second");
  findings.add({"a", 2, 3}, "first");
  EXPECT_EQ(
      findings.render(),
      "a:2:3: error: first\na:2:9: error: second\na:10:1: error: third\nb:1:1: error: fourth\n");
}

TEST(Diagnostics, AFindingWithoutAPlaceNamesTheFileOnly) {
  Findings findings;
  findings.add({"scenarios/x.yaml", 0, 0}, "cannot be read");
  EXPECT_EQ(findings.render(), "scenarios/x.yaml: error: cannot be read\n");
}

TEST(Diagnostics, TheSameFindingIsToldOnce) {
  Findings findings;
  findings.add({"a", 1, 1}, "wrong");
  findings.add({"a", 1, 1}, "wrong", "again");
  findings.add({"a", 1, 2}, "wrong");
  EXPECT_EQ(findings.all().size(), 2u);
}

TEST(Diagnostics, CopiesAddToTheSameList) {
  Findings findings;
  Findings copy = findings;
  copy.add({"a", 1, 1}, "wrong");
  EXPECT_EQ(findings.all().size(), 1u);
  EXPECT_NE(std::string(InputError(findings).what()).find("wrong"), std::string::npos);
}

TEST(Diagnostics, TheCaretStandsUnderTheColumnBehindTabsAndUmlauts) {
  const std::string path = write_temporary("yaml", "\tkey: M\xc3\xbcller, x\r\n");
  Findings findings;
  findings.add({path, 1, 16}, "here");
  EXPECT_EQ(findings.render(),
            path + ":1:16: error: here\n    \tkey: M\xc3\xbcller, x\n    \t             ^\n");
}

TEST(Diagnostics, ALongLineIsCutAroundTheColumn) {
  const std::string path =
      write_temporary("yaml", std::string(500, '-') + "X" + std::string(500, '-'));
  Findings findings;
  findings.add({path, 1, 501}, "here");
  const std::string text = findings.render();
  EXPECT_LT(text.size(), path.size() + 400);
  const std::size_t line = text.find("\n    ") + 1;
  const std::size_t next = text.find('\n', line) + 1;
  EXPECT_EQ(text.find('X', line) - line, text.find('^', next) - next);
}

TEST(Diagnostics, AColumnBehindTheEndOfTheLineIsShownAtItsEnd) {
  const std::string path = write_temporary("yaml", "ab\n");
  Findings findings;
  findings.add({path, 1, 99}, "here");
  EXPECT_EQ(findings.render(), path + ":1:99: error: here\n    ab\n      ^\n");
}

TEST(Diagnostics, TheClosestCandidateAllowsOneSlipInThreeLetters) {
  EXPECT_EQ(closest("sidm", {"pe", "simd"}), "simd");
  EXPECT_EQ(closest("PE", {"pe", "simd"}), "pe");
  EXPECT_EQ(closest("ep", {"pe", "simd"}), "pe");  // a swap is one slip
  EXPECT_EQ(closest("stall_probabilty", {"interval", "stall_probability"}), "stall_probability");
  EXPECT_EQ(closest("colour", {"pe", "simd"}), "");
  EXPECT_EQ(closest("", {"a"}), "");
  EXPECT_EQ(closest("x", {}), "");
}

TEST(Diagnostics, WithoutANearCandidateAllAreListed) {
  EXPECT_EQ(suggest("sidm", {"pe", "simd"}), "did you mean 'simd'?");
  EXPECT_EQ(suggest("colour", {"pe", "simd"}), "known: pe, simd");
  EXPECT_EQ(suggest("colour", {}), "");
}

}  // namespace
}  // namespace qnnsim
