// SPDX-License-Identifier: Apache-2.0
#include "analysis/timing_terms.h"

#include <gtest/gtest.h>

#include "models/pipeline.h"

namespace qnnsim {
namespace {

/// Points simd x pe with one value each.
template <typename Value>
std::vector<Observation> grid(Value value) {
  std::vector<Observation> observations;
  for (std::int64_t simd : {1, 2, 3, 5, 9}) {
    for (std::int64_t pe : {1, 4, 6}) {
      observations.push_back({{{"simd", simd}, {"pe", pe}, {"rows", 8}}, {value(simd, pe)}});
    }
  }
  return observations;
}

std::string formula_of(const std::vector<Observation>& observations) {
  const auto explanation = explain(observations, library_of_terms(observations));
  return explanation ? explanation->formula : "nothing";
}

TEST(TimingTerms, AConstantNeedsNoTerm) {
  EXPECT_EQ(formula_of(grid([](auto, auto) { return 6; })), "6");
}

TEST(TimingTerms, ALogarithmIsFoundBeforeAnythingElse) {
  EXPECT_EQ(formula_of(grid([](auto simd, auto) { return 5 + clog2(simd); })), "5 + clog2(simd)");
}

TEST(TimingTerms, SumsOfTwoTermsAreFound) {
  EXPECT_EQ(formula_of(grid([](auto simd, auto pe) { return 1 + clog2(simd + 1) + 2 * pe; })),
            "1 + clog2(simd + 1) + 2 * pe");
}

TEST(TimingTerms, SharesAreFound) {
  EXPECT_EQ(formula_of(grid([](auto simd, auto) { return 3 + (simd + 2) / 3; })),
            "3 + ceil(simd / 3)");
}

TEST(TimingTerms, WhatIsNoSumOfFewTermsIsNotExplained) {
  EXPECT_EQ(formula_of(grid([](auto simd, auto pe) { return (simd * 7 + pe * 5) % 11; })),
            "nothing");
}

TEST(TimingTerms, TwoPointsDoNotTellALine) {
  std::vector<Observation> two = {{{{"simd", 1}}, {4}}, {{{"simd", 2}}, {5}}};
  EXPECT_EQ(formula_of(two), "nothing");
}

TEST(TimingTerms, OneOfTheValuesThatAreAllowedIsEnough) {
  std::vector<Observation> observations = grid([](auto simd, auto) { return 5 + clog2(simd); });
  for (Observation& seen : observations) seen.values = {seen.values[0], 9, 17};
  EXPECT_EQ(formula_of(observations), "9");
}

TEST(TimingTerms, RivalsAreNamedWhereThePointsDoNotTellThemApart) {
  std::vector<Observation> observations;
  for (std::int64_t simd : {1, 2, 1, 2}) observations.push_back({{{"simd", simd}}, {4 + simd}});
  const auto explanation = explain(observations, library_of_terms(observations));
  ASSERT_TRUE(explanation);
  EXPECT_EQ(explanation->formula, "5 + clog2(simd)");
  EXPECT_NE(std::find(explanation->rivals.begin(), explanation->rivals.end(), "4 + simd"),
            explanation->rivals.end());
}

}  // namespace
}  // namespace qnnsim
