// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/kernel.h"

namespace qnnsim {

/// What was observed of one parameter at one point of a grid.
struct Observation {
  Traits traits;
  std::vector<std::int64_t> values;  ///< all that agree with what was seen, the likeliest first
  std::optional<std::int64_t> least = {};  ///< from which on any agrees

  bool allows(std::int64_t value) const {
    return (least && value >= *least) ||
           std::find(values.begin(), values.end(), value) != values.end();
  }
};

/// A sum of formulas over traits that explains observations.
struct Explanation {
  std::string formula;              ///< "5 + clog2(simd)"
  std::size_t terms = 0;            ///< beside the constant
  std::vector<std::string> rivals;  ///< other formulas, as simple, that explain them too
};

/// Terms over the traits that differ between the points, the simplest first: a trait, its
/// logarithm, shares of it, products.
std::vector<std::string> library_of_terms(const std::vector<Observation>& observations);

/// The sum of the fewest of `terms`, at most `most_terms`, that gives one of the values at every
/// point: least squares over each choice of terms, its coefficients rounded to fractions. Nothing
/// where none does, or where there are too few points to tell.
std::optional<Explanation> explain(const std::vector<Observation>& observations,
                                   const std::vector<std::string>& terms,
                                   std::size_t most_terms = 3);

}  // namespace qnnsim
