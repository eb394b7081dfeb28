// SPDX-License-Identifier: Apache-2.0
#include "analysis/nnls.h"

#include <Eigen/QR>
#include <algorithm>
#include <vector>

namespace qnnsim {
namespace {

/// The least squares over the columns `chosen`, 0 elsewhere.
Eigen::VectorXd solve(const Eigen::MatrixXd& a, const Eigen::VectorXd& b,
                      const std::vector<Eigen::Index>& chosen) {
  const Eigen::MatrixXd columns = a(Eigen::all, chosen);
  const Eigen::VectorXd part = columns.colPivHouseholderQr().solve(b);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  x(chosen) = part;
  return x;
}

}  // namespace

Eigen::VectorXd nnls(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  std::vector<Eigen::Index> chosen;
  const double least = 1e-10 * std::max(1.0, a.norm() * b.norm());
  for (Eigen::Index round = 0; round < 3 * a.cols(); ++round) {
    // The column outside that reduces the error most.
    Eigen::VectorXd gain = a.transpose() * (b - a * x);
    for (const Eigen::Index column : chosen) gain(column) = 0;
    Eigen::Index best = 0;
    if (a.cols() == 0 || gain.maxCoeff(&best) <= least) break;
    chosen.push_back(best);
    Eigen::VectorXd next = solve(a, b, chosen);
    while (!chosen.empty() && next(chosen).minCoeff() <= 0) {
      // Towards it until the first coefficient vanishes.
      double step = 1;
      for (const Eigen::Index column : chosen) {
        if (next(column) <= 0) step = std::min(step, x(column) / (x(column) - next(column)));
      }
      x += step * (next - x);
      chosen.erase(std::remove_if(chosen.begin(), chosen.end(),
                                  [&](Eigen::Index column) {
                                    return next(column) <= 0 && x(column) <= 1e-12;
                                  }),
                   chosen.end());
      for (Eigen::Index column = 0; column < x.size(); ++column) {
        if (std::find(chosen.begin(), chosen.end(), column) == chosen.end()) x(column) = 0;
      }
      next =
          chosen.empty() ? Eigen::VectorXd(Eigen::VectorXd::Zero(a.cols())) : solve(a, b, chosen);
    }
    x = next;
  }
  return x;
}

}  // namespace qnnsim
