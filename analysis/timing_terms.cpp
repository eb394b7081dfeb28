// SPDX-License-Identifier: Apache-2.0
#include "analysis/timing_terms.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "sim/formula.h"

namespace qnnsim {
namespace {

/// A term with its value at every point.
struct Column {
  std::string formula;
  Eigen::VectorXd values;
};

/// `value` as a fraction with a small denominator; nothing if it is none.
std::optional<std::pair<std::int64_t, int>> fraction(double value) {
  constexpr double kClose = 1e-6;
  for (int denominator : {1, 2, 3, 4}) {
    const double scaled = value * denominator;
    if (std::abs(scaled) < 1e12 && std::abs(scaled - std::round(scaled)) < kClose) {
      return std::pair(std::llround(scaled), denominator);
    }
  }
  return std::nullopt;
}

/// Is it a product or sum that needs brackets where it is multiplied?
bool is_word(const std::string& formula) {
  int depth = 0;
  for (char c : formula) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth == 0 && std::string("+-*/^<>=?: ").find(c) != std::string::npos) return false;
  }
  return true;
}

/// The sum as text, its constant first.
std::string sum_text(std::int64_t constant, const std::vector<const Column*>& columns,
                     const std::vector<std::pair<std::int64_t, int>>& coefficients) {
  std::string text = constant != 0 ? std::to_string(constant) : "";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto [numerator, denominator] = coefficients[i];
    const std::int64_t factor = std::abs(numerator);
    const bool alone = factor == 1 && denominator == 1;
    std::string term = columns[i]->formula;
    const bool is_product = term.find_first_of("+-<>=?:") == std::string::npos;
    const bool is_all = columns.size() == 1 && constant == 0 && alone && numerator > 0;
    if (!is_word(term) && !is_product && !is_all) term = "(" + term + ")";
    if (!alone && factor != 1) term = fmt::format("{} * {}", factor, term);
    if (denominator != 1) term = fmt::format("{} / {}", term, denominator);
    if (text.empty()) {
      text = (numerator < 0 ? "-" : "") + term;
    } else {
      text += (numerator < 0 ? " - " : " + ") + term;
    }
  }
  return text.empty() ? "0" : text;
}

/// Looks for sums of columns that give one of the values at every point.
class Search {
 public:
  explicit Search(const std::vector<Observation>& observations) : observations_(observations) {}

  /// Columns that say something the constant does not.
  std::vector<Column> columns(const std::vector<std::string>& terms) const {
    std::vector<Column> columns;
    std::set<std::string> seen;
    for (const std::string& term : terms) {
      if (!seen.insert(term).second) continue;
      const Formula formula(term);
      Column column{term, Eigen::VectorXd(observations_.size())};
      for (std::size_t i = 0; i < observations_.size(); ++i) {
        column.values[static_cast<Eigen::Index>(i)] = formula(observations_[i].traits);
      }
      const bool is_finite = column.values.allFinite();
      if (is_finite && column.values.maxCoeff() != column.values.minCoeff()) {
        columns.push_back(std::move(column));
      }
    }
    return columns;
  }

  std::optional<std::int64_t> constant() const {
    std::vector<std::int64_t> candidates;
    for (const Observation& seen : observations_) {
      if (seen.least) candidates.push_back(*seen.least);
    }
    std::sort(candidates.begin(), candidates.end());
    const auto& first = observations_.front().values;
    candidates.insert(candidates.begin(), first.begin(), first.end());
    for (std::int64_t value : candidates) {
      const bool everywhere =
          std::all_of(observations_.begin(), observations_.end(),
                      [&](const Observation& seen) { return seen.allows(value); });
      if (everywhere) return value;
    }
    return std::nullopt;
  }

  /// The sum of `chosen` as text, and whether all its coefficients are whole and positive.
  std::optional<std::pair<std::string, bool>> sum_of(const std::vector<const Column*>& chosen) {
    // What is only known to be large enough says nothing of the coefficients.
    std::vector<Eigen::Index> exact;
    for (std::size_t i = 0; i < observations_.size(); ++i) {
      if (!observations_[i].least) exact.push_back(static_cast<Eigen::Index>(i));
    }
    const auto unknowns = static_cast<Eigen::Index>(chosen.size()) + 1;
    const auto points = static_cast<Eigen::Index>(exact.size());
    if (points <= unknowns) return std::nullopt;
    Eigen::MatrixXd matrix(points, unknowns);
    Eigen::VectorXd target(points);
    for (Eigen::Index row = 0; row < points; ++row) {
      const Eigen::Index point = exact[static_cast<std::size_t>(row)];
      matrix(row, 0) = 1;
      for (Eigen::Index k = 1; k < unknowns; ++k) {
        matrix(row, k) = chosen[static_cast<std::size_t>(k - 1)]->values[point];
      }
      target[row] = static_cast<double>(observations_[static_cast<std::size_t>(point)].values[0]);
    }
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> solver(matrix);
    if (solver.rank() < unknowns) return std::nullopt;
    return rounded(solver.solve(target), chosen);
  }

 private:
  std::optional<std::pair<std::string, bool>> rounded(
      const Eigen::VectorXd& solution, const std::vector<const Column*>& chosen) const {
    const auto constant = fraction(solution[0]);
    if (!constant || constant->second != 1) return std::nullopt;
    std::vector<std::pair<std::int64_t, int>> coefficients;
    bool is_simple = constant->first >= 0;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      const auto coefficient = fraction(solution[static_cast<Eigen::Index>(k) + 1]);
      if (!coefficient || coefficient->first == 0) return std::nullopt;
      is_simple = is_simple && coefficient->second == 1 && coefficient->first > 0;
      coefficients.push_back(*coefficient);
    }
    for (std::size_t i = 0; i < observations_.size(); ++i) {
      double sum = static_cast<double>(constant->first);
      for (std::size_t k = 0; k < chosen.size(); ++k) {
        const auto [numerator, denominator] = coefficients[k];
        sum += chosen[k]->values[static_cast<Eigen::Index>(i)] * static_cast<double>(numerator) /
               denominator;
      }
      const double whole = std::round(sum);
      if (std::abs(sum - whole) > 1e-6) return std::nullopt;
      if (!observations_[i].allows(static_cast<std::int64_t>(whole))) return std::nullopt;
    }
    return std::pair(sum_text(constant->first, chosen, coefficients), is_simple);
  }

  const std::vector<Observation>& observations_;
};

/// Calls `visit` with every choice of `count` of the first `most` columns, in their order.
template <typename Visit>
void choose(const std::vector<Column>& columns, std::size_t most, std::size_t count,
            std::vector<const Column*>& chosen, std::size_t first, const Visit& visit) {
  if (chosen.size() == count) {
    visit(chosen);
    return;
  }
  for (std::size_t i = first; i < std::min(most, columns.size()); ++i) {
    chosen.push_back(&columns[i]);
    choose(columns, most, count, chosen, i + 1, visit);
    chosen.pop_back();
  }
}

}  // namespace

std::vector<std::string> library_of_terms(const std::vector<Observation>& observations) {
  std::vector<std::string> names;
  for (const auto& [name, value] : observations.front().traits) {
    const bool differs = std::any_of(observations.begin(), observations.end(),
                                     [&, name = name, value = value](const auto& o) {
                                       const auto other = o.traits.find(name);
                                       return other != o.traits.end() && other->second != value;
                                     });
    if (differs) names.push_back(name);
  }
  std::vector<std::string> terms;
  for (const char* form : {"clog2({0})", "clog2({0} + 1)", "{0}", "{0} > 1", "ceil({0} / 2)",
                           "ceil({0} / 3)", "ceil({0} / 4)", "2^clog2({0})", "{0} == 2"}) {
    for (const std::string& name : names) terms.push_back(fmt::format(fmt::runtime(form), name));
  }
  const auto divides = [&](const std::string& part, const std::string& whole) {
    return std::all_of(observations.begin(), observations.end(), [&](const Observation& seen) {
      const std::int64_t divisor = seen.traits.at(part);
      return divisor != 0 && seen.traits.at(whole) % divisor == 0;
    });
  };
  for (const std::string& whole : names) {
    for (const std::string& part : names) {
      if (part != whole && divides(part, whole)) terms.push_back(whole + " / " + part);
    }
  }
  for (std::size_t a = 0; a < names.size(); ++a) {
    for (std::size_t b = a + 1; b < names.size(); ++b) terms.push_back(names[a] + " * " + names[b]);
  }
  for (std::size_t a = 0; a < names.size(); ++a) {
    for (std::size_t b = a + 1; b < names.size(); ++b) {
      for (std::size_t c = b + 1; c < names.size(); ++c) {
        terms.push_back(names[a] + " * " + names[b] + " * " + names[c]);
      }
    }
  }
  return terms;
}

std::optional<Explanation> explain(const std::vector<Observation>& observations,
                                   const std::vector<std::string>& terms, std::size_t most_terms) {
  Search search(observations);
  if (const auto constant = search.constant()) {
    return Explanation{std::to_string(*constant), 0, {}};
  }
  const std::vector<Column> columns = search.columns(terms);
  // Of more terms at a time, fewer are tried: those that come first.
  for (const auto& [count, most] :
       {std::pair<std::size_t, std::size_t>{1, 4000}, {2, 120}, {3, 40}}) {
    if (count > most_terms) break;
    std::vector<std::string> simple;
    std::vector<std::string> other;
    std::vector<const Column*> chosen;
    choose(columns, most, count, chosen, 0, [&](const std::vector<const Column*>& sum) {
      const auto text = search.sum_of(sum);
      if (text) (text->second ? simple : other).push_back(text->first);
    });
    simple.insert(simple.end(), other.begin(), other.end());
    if (simple.empty()) continue;
    Explanation explanation{simple.front(), count, {}};
    explanation.rivals.assign(simple.begin() + 1, simple.end());
    return explanation;
  }
  return std::nullopt;
}

}  // namespace qnnsim
