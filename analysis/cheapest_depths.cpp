// SPDX-License-Identifier: Apache-2.0
#include "analysis/cheapest_depths.h"

#include <coin/Cbc_C_Interface.h>
#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>

namespace qnnsim {
namespace {

/// The program: one binary variable for each (FIFO, choice) that a demand speaks of, "has more than
/// this choice"; it implies those of lower choices.
class Program {
 public:
  explicit Program(const std::vector<DepthChoice>& fifos)
      : fifos_(fifos), least_(fifos.size(), 0) {}

  void add(const Demand& demand) {
    Demand possible;
    for (const auto& [fifo, choice] : demand) {
      if (choice + 1 < fifos_[fifo].depths.size()) possible.push_back({fifo, choice});
    }
    if (possible.empty()) throw std::runtime_error("no choice of depths fulfils the demands");
    if (possible.size() > 1) {
      demands_.push_back(std::move(possible));
      return;
    }
    const auto& [fifo, choice] = possible.front();
    least_[fifo] = std::max(least_[fifo], choice + 1);
  }

  std::vector<std::uint32_t> solve() {
    for (const Demand& demand : demands_) {
      if (!is_met(demand)) add_row(demand);
    }
    std::vector<std::uint32_t> result = least_;
    if (rows_.empty()) return result;
    chain_variables();
    const std::vector<double> solution = optimum();
    for (const auto& [threshold, variable] : variables_) {
      const auto& [fifo, choice] = threshold;
      if (solution[variable] > 0.5) result[fifo] = std::max(result[fifo], choice + 1);
    }
    return result;
  }

 private:
  /// By the least choices alone?
  bool is_met(const Demand& demand) const {
    return std::any_of(demand.begin(), demand.end(),
                       [&](const auto& part) { return least_[part.first] > part.second; });
  }

  void add_row(const Demand& demand) {
    Row row;
    for (const auto& part : demand) {
      const auto [place, is_new] = variables_.try_emplace(part, 0);
      if (is_new) place->second = static_cast<int>(variables_.size()) - 1;
      row.push_back({place->second, 1.0});
    }
    rows_.push_back(std::move(row));
  }

  /// More than a choice is more than the ones below, and costs what is between.
  void chain_variables() {
    costs_.resize(variables_.size());
    const std::pair<const std::pair<std::uint32_t, std::uint32_t>, int>* previous = nullptr;
    for (const auto& entry : variables_) {
      const auto& [fifo, choice] = entry.first;
      const std::vector<double>& costs = fifos_[fifo].costs;
      const bool follows = previous != nullptr && previous->first.first == fifo;
      const std::uint32_t below = follows ? previous->first.second + 1 : least_[fifo];
      costs_[entry.second] = costs[choice + 1] - costs[below];
      if (follows) chains_.push_back({{previous->second, 1.0}, {entry.second, -1.0}});
      previous = &entry;
    }
  }

  std::vector<double> optimum() const {
    const std::unique_ptr<void, decltype(&Cbc_deleteModel)> model(Cbc_newModel(), &Cbc_deleteModel);
    // Columns first: Cbc wants the matrix by columns.
    std::vector<std::vector<std::pair<int, double>>> columns(costs_.size());
    std::vector<double> lower;
    const auto add = [&](const std::vector<Row>& rows, double at_least) {
      for (const Row& row : rows) {
        for (const auto& [variable, factor] : row) {
          columns[variable].push_back({static_cast<int>(lower.size()), factor});
        }
        lower.push_back(at_least);
      }
    };
    add(rows_, 1);
    add(chains_, 0);
    std::vector<int> starts;
    std::vector<int> indices;
    std::vector<double> factors;
    for (const auto& column : columns) {
      starts.push_back(static_cast<int>(indices.size()));
      for (const auto& [row, factor] : column) {
        indices.push_back(row);
        factors.push_back(factor);
      }
    }
    starts.push_back(static_cast<int>(indices.size()));
    const std::vector<double> zeros(costs_.size(), 0.0);
    const std::vector<double> ones(costs_.size(), 1.0);
    const std::vector<double> unlimited(lower.size(), 1e30);
    Cbc_loadProblem(model.get(), static_cast<int>(costs_.size()), static_cast<int>(lower.size()),
                    starts.data(), indices.data(), factors.data(), zeros.data(), ones.data(),
                    costs_.data(), lower.data(), unlimited.data());
    for (std::size_t i = 0; i < costs_.size(); ++i) {
      Cbc_setInteger(model.get(), static_cast<int>(i));
    }
    Cbc_setParameter(model.get(), "logLevel", "0");
    Cbc_setParameter(model.get(), "ratioGap", "0");
    Cbc_setParameter(model.get(), "allowableGap", "0");
    Cbc_solve(model.get());
    if (Cbc_isProvenOptimal(model.get()) == 0) {
      throw std::runtime_error("the integer program of the FIFO depths has no solution");
    }
    const double* solution = Cbc_getColSolution(model.get());
    return {solution, solution + costs_.size()};
  }

  using Row = std::vector<std::pair<int, double>>;

  const std::vector<DepthChoice>& fifos_;
  std::vector<std::uint32_t> least_;  ///< by FIFO: choice that demands on it alone leave
  std::vector<Demand> demands_;       ///< on several FIFOs
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> variables_;
  std::vector<Row> rows_;    ///< sum >= 1
  std::vector<Row> chains_;  ///< difference >= 0
  std::vector<double> costs_;
};

}  // namespace

std::vector<std::uint32_t> cheapest_depths(const std::vector<DepthChoice>& fifos,
                                           const std::vector<Demand>& demands) {
  Program program(fifos);
  for (const Demand& demand : demands) program.add(demand);
  return program.solve();
}

}  // namespace qnnsim
