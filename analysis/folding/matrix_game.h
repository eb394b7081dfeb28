// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace qnnsim {

struct GameSolution {
  std::vector<double> weights;  ///< by column, not negative, of sum 1
  std::vector<double> mixture;  ///< by row, likewise: of no column is their mixture above `value`
  double value = 0;             ///< the least weighted sum of a row
};

/// The weights of columns whose least weighted row is greatest: the optimal strategy in the matrix
/// game `rows`, whose entries are not negative. By the simplex method on the dual, which has one
/// constraint a column (Dantzig, Linear Programming and Extensions, 1963, chapter 13).
GameSolution solve_game(const std::vector<std::vector<double>>& rows);

}  // namespace qnnsim
