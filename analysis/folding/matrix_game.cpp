// SPDX-License-Identifier: Apache-2.0
#include "analysis/folding/matrix_game.h"

#include <cstddef>
#include <limits>

namespace qnnsim {

GameSolution solve_game(const std::vector<std::vector<double>>& rows) {
  // max sum y_k with sum_k rows[k][j] y_k <= 1 for every j: the slacks are the first basis.
  constexpr double kLift = 1e-9;  // no row may be all zeros
  constexpr double kZero = 1e-11;
  constexpr int kMostPivots = 2000;
  const std::size_t columns = rows.front().size();
  const std::size_t count = rows.size();
  const std::size_t width = count + columns + 1;
  std::vector<std::vector<double>> tableau(columns + 1, std::vector<double>(width, 0.0));
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t k = 0; k < count; ++k) tableau[j][k] = rows[k][j] + kLift;
    tableau[j][count + j] = 1;
    tableau[j][width - 1] = 1;
  }
  std::vector<std::size_t> basis;  // by constraint
  for (std::size_t j = 0; j < columns; ++j) basis.push_back(count + j);
  std::vector<double>& objective = tableau[columns];
  for (std::size_t k = 0; k < count; ++k) objective[k] = -1;
  for (int pivot = 0; pivot < kMostPivots; ++pivot) {
    // After many pivots the first improving column, so that it cannot cycle (Bland).
    std::size_t entering = width;
    for (std::size_t c = 0; c + 1 < width; ++c) {
      if (objective[c] >= -kZero) continue;
      if (entering == width || objective[c] < objective[entering]) entering = c;
      if (pivot > kMostPivots / 2) break;
    }
    if (entering == width) break;
    std::size_t leaving = columns;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < columns; ++j) {
      if (tableau[j][entering] <= kZero) continue;
      const double ratio = tableau[j][width - 1] / tableau[j][entering];
      if (ratio >= least) continue;
      least = ratio;
      leaving = j;
    }
    if (leaving == columns) break;
    basis[leaving] = entering;
    const double factor = 1 / tableau[leaving][entering];
    for (double& value : tableau[leaving]) value *= factor;
    for (std::size_t j = 0; j <= columns; ++j) {
      const double multiple = tableau[j][entering];
      if (j == leaving || multiple == 0) continue;
      for (std::size_t c = 0; c < width; ++c) tableau[j][c] -= multiple * tableau[leaving][c];
    }
  }
  GameSolution solution;
  double sum = 0;
  for (std::size_t j = 0; j < columns; ++j) {
    solution.weights.push_back(objective[count + j] > 0 ? objective[count + j] : 0);
    sum += solution.weights.back();
  }
  for (double& weight : solution.weights) weight /= sum;
  solution.mixture.assign(count, 0.0);
  for (std::size_t j = 0; j < columns; ++j) {
    if (basis[j] < count) solution.mixture[basis[j]] = tableau[j][width - 1] / sum;
  }
  solution.value = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& row : rows) {
    double value = 0;
    for (std::size_t j = 0; j < columns; ++j) value += solution.weights[j] * row[j];
    if (value < solution.value) solution.value = value;
  }
  return solution;
}

}  // namespace qnnsim
